import type { Hit } from '$lib/api/types';

export interface Group {
	/** Tells groups of the same deal apart. */
	key: string;
	deal_id: string;
	deal_name: string;
	hits: Hit[];
}

/**
 * The hits of each page under their deals, both in the server's order. A later page adds below what is shown, never
 * into the middle of it: its first group goes on with the last one if they are of one deal.
 */
export function groupsOf(pages: readonly { items: readonly Hit[] }[]): Group[] {
	const groups: Group[] = [];
	pages.forEach(({ items }, page) => {
		const ofPage = new Map<string, Group>();
		const last = groups.at(-1);
		for (const [at, hit] of items.entries()) {
			if (at === 0 && last?.deal_id === hit.deal_id) ofPage.set(hit.deal_id, last);
			const known = ofPage.get(hit.deal_id);
			if (known) {
				known.hits.push(hit);
				continue;
			}
			const { deal_id, deal_name } = hit;
			const made = { key: `${page} ${deal_id}`, deal_id, deal_name, hits: [hit] };
			ofPage.set(deal_id, made);
			groups.push(made);
		}
	});
	return groups;
}

/** Where a hit stands: the stretch of a document's part, or the section of a report. */
export function hitHref(hit: Hit): string {
	const deal = `/deals/${hit.deal_id}`;
	if (hit.source === 'report') {
		const section = hit.section ? `#${encodeURIComponent(hit.section)}` : '';
		return `${deal}/reports/${hit.report_number}${section}`;
	}
	const params = new URLSearchParams();
	if (hit.part) params.set('part', String(hit.part));
	if (hit.span) params.set('at', `${hit.span.start}-${hit.span.end}`);
	return [`${deal}/documents/${hit.document_id}`, params.toString()].filter(Boolean).join('?');
}
