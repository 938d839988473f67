import {
	DEAL_SORTS,
	INDUSTRIES,
	STAGES,
	type DealSort,
	type Industry,
	type Stage
} from '$lib/api/types';

export interface DealFilters {
	q: string;
	stage: Stage | undefined;
	industry: Industry | undefined;
	sort: DealSort;
}

export const DEFAULT_SORT: DealSort = '-updated_at';

export function readFilters(params: URLSearchParams): DealFilters {
	return {
		q: params.get('q') ?? '',
		stage: oneOf(STAGES, params.get('stage')),
		industry: oneOf(INDUSTRIES, params.get('industry')),
		sort: oneOf(DEAL_SORTS, params.get('sort')) ?? DEFAULT_SORT
	};
}

/** The page's address with these filters; what is at its default stays out of it. */
export function writeFilters(filters: DealFilters): string {
	const params = new URLSearchParams();
	if (filters.q.trim()) params.set('q', filters.q.trim());
	if (filters.stage) params.set('stage', filters.stage);
	if (filters.industry) params.set('industry', filters.industry);
	if (filters.sort !== DEFAULT_SORT) params.set('sort', filters.sort);
	const query = params.toString();
	return query ? `/deals?${query}` : '/deals';
}

export function isFiltered({ q, stage, industry }: DealFilters) {
	return Boolean(q || stage || industry);
}

/** A click on a header: the column's natural order first, then the other way round. */
export function nextSort(current: DealSort, column: 'name' | 'updated_at'): DealSort {
	const natural: DealSort = column === 'name' ? 'name' : '-updated_at';
	const reversed: DealSort = column === 'name' ? '-name' : 'updated_at';
	return current === natural ? reversed : natural;
}

export function ariaSort(
	current: DealSort,
	column: 'name' | 'updated_at'
): 'ascending' | 'descending' | undefined {
	if (current === column) return 'ascending';
	return current === `-${column}` ? 'descending' : undefined;
}

function oneOf<T extends string>(known: readonly T[], value: string | null): T | undefined {
	return known.find((entry) => entry === value);
}
