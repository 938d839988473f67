import { documents } from '$lib/api/calls';

interface Of {
	deal_id: string;
	id: string;
	/** Where it is known, a picture of another version is another picture. */
	version?: number;
}

const MINUTE = 60_000;

/** Kinds whose parts are pages that were drawn when they were read. */
export const hasPictures = (kind: string | null | undefined) => kind === 'pdf' || kind === 'image';

/** The picture of a page. Each look is recorded, so it is asked for once and kept for a while. */
export function pictureOptions(document: Of, part: number) {
	return {
		queryKey: ['documents', 'picture', document.id, document.version ?? 'any', part],
		queryFn: () => documents.picture(document, part),
		staleTime: Infinity,
		gcTime: 15 * MINUTE,
		retry: false,
		retryOnMount: false,
		refetchOnWindowFocus: false,
		refetchOnReconnect: false
	};
}
