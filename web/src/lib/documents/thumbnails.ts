import { createQuery } from '@tanstack/svelte-query';
import { documents } from '$lib/api/calls';
import type { DealDocument } from '$lib/api/types';

type Pictured = Pick<DealDocument, 'deal_id' | 'id' | 'version'>;

/** The small picture of a part. Each look is recorded, so it is asked for once and kept as long as the session's page. */
export function useThumbnail(of: () => { document: Pictured; part: number; wanted: boolean }) {
	return createQuery(() => {
		const { document, part, wanted } = of();
		return {
			queryKey: ['documents', 'thumbnail', document.id, document.version, part],
			queryFn: () => documents.thumbnail(document, part),
			enabled: wanted,
			staleTime: Infinity,
			gcTime: Infinity,
			retry: false,
			retryOnMount: false,
			refetchOnWindowFocus: false,
			refetchOnReconnect: false
		};
	});
}
