import { expect, test } from 'vitest';
import type { DealDocument } from '$lib/api/types';
import { partAt } from './part-at';
import { kindText, partName, sizeText, stateText, summaryText } from './states';

const doc = (over: Partial<DealDocument>) => ({
	state: 'stored' as const,
	kind: 'pdf',
	parts_done: 0,
	parts_total: 0,
	sentence: null,
	...over
});

test.each([
	[{ state: 'stored' }, 'Waiting to be read.'],
	[{ state: 'reading' }, 'Being read.'],
	[{ state: 'reading', parts_done: 7, parts_total: 22 }, 'Being read, 7 of 22 pages.'],
	[{ state: 'reading', kind: 'xlsx', parts_total: 1 }, 'Being read, 0 of 1 sheet.'],
	[{ state: 'reading', kind: 'unheard', parts_total: 2 }, 'Being read, 0 of 2 texts.'],
	[
		{ state: 'read', sentence: 'Read 22 pages, 3 by OCR (0.91).' },
		'Read 22 pages, 3 by OCR (0.91).'
	],
	[{ state: 'read' }, 'Read.'],
	[{ state: 'locked', sentence: 'The password is wrong.' }, 'The password is wrong.'],
	[{ state: 'failed', sentence: 'It is cut short.' }, 'It is cut short.']
] as [Partial<DealDocument>, string][])('%j is told as %j', (over, text) => {
	expect(stateText(doc(over))).toBe(text);
});

test('the line above the list says how much moves, and that all is at rest', () => {
	const read = doc({ state: 'read' });
	expect(summaryText({ total: 14, moving: 2 }, [])).toBe('14 documents, 2 being read');
	expect(summaryText({ total: 1, moving: 0 }, [read])).toBe('1 document, all at rest');
	const stuck = [doc({ state: 'locked' }), doc({ state: 'failed' }), doc({ state: 'failed' })];
	expect(summaryText({ total: 3, moving: 0 }, stuck)).toBe(
		'3 documents, all at rest, 1 needs its password, 2 could not be read'
	);
	// Of a part of the list nothing is claimed for all of it.
	expect(summaryText({ total: 900, moving: 0 }, stuck)).toBe('900 documents, all at rest');
});

test.each([
	[0, '0 B'],
	[999, '999 B'],
	[1_000, '1 kB'],
	[1_240_000, '1.24 MB'],
	[999_700, '1 MB'],
	[4_294_967_296, '4.29 GB']
])('%d bytes are %s', (bytes, text) => {
	expect(sizeText(bytes)).toBe(text);
});

test('a kind that a newer server knows is still named', () => {
	expect(kindText('xlsx')).toBe('Workbook');
	expect(kindText('eml')).toBe('eml');
	expect(partName('eml', 3)).toBe('Text 3');
});

test('an address without a part, or with one that is not there, shows the first', () => {
	const parts = [{ number: 2 }, { number: 5 }];
	expect([null, '5', '7', 'x'].map((asked) => partAt(parts, asked))).toEqual([0, 1, 0, 0]);
});
