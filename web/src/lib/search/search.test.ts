import { expect, test } from 'vitest';
import type { Hit } from '$lib/api/types';
import { dealHere } from './here';
import { groupsOf, hitHref } from './hits';
import { asTyped, readWanted, searchPath } from './query';

const read = (query: string) => readWanted(new URLSearchParams(query));

test('what is written into the address is read again', () => {
	const query = 'q=%22net+revenue%22+-logo&deal=d1&kind=xlsx';
	expect(searchPath(read(query))).toBe(`/search?${query}`);
});

test('a space at the end says that the last word is whole', () => {
	expect(read('q=churn+').q).toBe('churn ');
	expect(asTyped('  net churn \t ')).toBe('net churn ');
});

test('what is empty or unknown stays out of the address', () => {
	expect(searchPath(read('q=%20&deal=&kind=spell'))).toBe('/search');
	expect(searchPath({ q: ' churn  ' })).toBe('/search?q=churn+');
	expect(searchPath({ deal: 'd1' })).toBe('/search?deal=d1');
});

const hit = (deal: string, title: string, change: Partial<Hit> = {}): Hit => ({
	deal_id: deal,
	deal_name: deal.toUpperCase(),
	source: 'document',
	document_id: 'x1',
	report_number: null,
	kind: 'pdf',
	title,
	part: 7,
	place: 'p. 7',
	span: { start: 120, end: 140 },
	section: null,
	snippet: [],
	...change
});
const shape = (pages: Hit[][]) =>
	groupsOf(pages.map((items) => ({ items }))).map(({ deal_name, hits }) =>
		[deal_name, ...hits.map(({ title }) => title)].join(' ')
	);

test('hits stand under their deal, deals in the order of their best hit', () => {
	expect(shape([[hit('a', '1'), hit('b', '2'), hit('a', '3')]])).toEqual(['A 1 3', 'B 2']);
});

test('a later page adds below what is shown, never into the middle', () => {
	const first = [hit('a', '1'), hit('b', '2')];
	expect(shape([first, [hit('b', '3'), hit('a', '4')]])).toEqual(['A 1', 'B 2 3', 'A 4']);
	expect(shape([first, [hit('a', '3'), hit('b', '4')]])).toEqual(['A 1', 'B 2', 'A 3', 'B 4']);
});

test('groups of one deal can be told apart, and the pages stay as they were', () => {
	const pages = [{ items: [hit('a', '1'), hit('b', '2')] }, { items: [hit('a', '3')] }];
	const keys = groupsOf(pages).map(({ key }) => key);
	expect(new Set(keys).size).toBe(3);
	expect(groupsOf(pages)).toEqual(groupsOf(pages));
});

test('a hit leads to its place', () => {
	expect(hitHref(hit('d1', 'deck.pdf'))).toBe('/deals/d1/documents/x1?part=7&at=120-140');
	expect(hitHref(hit('d1', 'deck.pdf', { span: null }))).toBe('/deals/d1/documents/x1?part=7');
	expect(hitHref(hit('d1', 'deck.pdf', { span: null, part: null }))).toBe('/deals/d1/documents/x1');
	const report = { source: 'report', document_id: null, report_number: 3, part: null } as const;
	expect(hitHref(hit('d1', 'Report', { ...report, section: 'traction' }))).toBe(
		'/deals/d1/reports/3#traction'
	);
	expect(hitHref(hit('d1', 'Report', { ...report, section: null }))).toBe('/deals/d1/reports/3');
});

test('a search starts within the deal whose pages are open', () => {
	const at = (id: string, params = {}) => dealHere({ route: { id }, params });
	expect(at('/(app)/deals/[id]/documents/[document_id]', { id: 'd1' })).toBe('d1');
	expect(at('/(app)/deals')).toBeUndefined();
	expect(at('/(app)/settings/people')).toBeUndefined();
});
