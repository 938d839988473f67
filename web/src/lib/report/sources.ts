import type { QueryClient } from '@tanstack/svelte-query';
import { documents } from '$lib/api/calls';
import { pictureOptions } from '$lib/documents/pictures';
import type { Place } from './tree';

const MINUTE = 60_000;

/** The part that a place is in. Each look is recorded, so it is asked for once and kept for a while. */
export function partOptions(deal: string, { document, part }: Place) {
	return {
		queryKey: ['documents', 'cited', document, part],
		queryFn: () => documents.part({ deal_id: deal, id: document }, part),
		staleTime: 5 * MINUTE,
		gcTime: 15 * MINUTE,
		retry: false,
		refetchOnWindowFocus: false,
		refetchOnReconnect: false
	};
}

export const pictureOf = (deal: string, { document, part }: Place) =>
	pictureOptions({ deal_id: deal, id: document }, part);

export const isPictured = ({ spot }: Place) => spot.kind === 'pdf_box' || spot.kind === 'image_box';

/** Fetches what a citation shows before it is opened. */
export function warm(queries: QueryClient, deal: string, place: Place) {
	void queries.prefetchQuery(partOptions(deal, place));
	if (isPictured(place)) void queries.prefetchQuery(pictureOf(deal, place));
}
