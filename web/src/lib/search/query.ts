import { HIT_KINDS, type HitKind } from '$lib/api/types';

/** What is searched for, as the address says it. */
export interface Wanted {
	q: string;
	deal: string | undefined;
	kind: HitKind | undefined;
}

export function readWanted(params: URLSearchParams): Wanted {
	const kind = params.get('kind');
	return {
		q: params.get('q') ?? '',
		deal: params.get('deal') || undefined,
		kind: HIT_KINDS.find((known) => known === kind)
	};
}

/** The page's address; what is not chosen stays out of it. */
export function searchPath({ q, deal, kind }: Partial<Wanted>): string {
	const params = new URLSearchParams();
	if (q?.trim()) params.set('q', asTyped(q));
	if (deal) params.set('deal', deal);
	if (kind) params.set('kind', kind);
	const query = params.toString();
	return query ? `/search?${query}` : '/search';
}

/** Without what means nothing. A space at the end stays: it says that the last word is whole. */
export const asTyped = (q: string) => q.trimStart().replace(/\s+$/, ' ');
