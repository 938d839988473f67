/** The page of the search. */
export const SEARCH = '/(app)/search';

/** The deal whose pages are open: a search from there starts within it. */
export function dealHere(page: {
	route: { id: string | null };
	params: Partial<Record<string, string>>;
}): string | undefined {
	return page.route.id?.startsWith('/(app)/deals/[id]') ? page.params['id'] : undefined;
}
