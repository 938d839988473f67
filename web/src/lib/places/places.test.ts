import { expect, test } from 'vitest';
import { cellName, columnName, placeOf } from './cells';
import { piecesOf } from './flow';
import { linesOf } from './lines';
import type { Block, Table } from './part';
import { quoter } from './quote';

test('spans count characters, also beyond U+FFFF', () => {
	expect(quoter('Umsatz 1,2 Mio. € für März')({ start: 16, end: 21 })).toBe('€ für');
	expect(quoter('🚀 ARR 𝟒 Mio.')({ start: 2, end: 7 })).toBe('ARR 𝟒');
	expect(quoter('kurz')({ start: 2, end: 90 })).toBe('rz');
});

test.each([
	['A1', 0, 0],
	['Z9', 8, 25],
	['AA10', 9, 26],
	['F14', 13, 5],
	['XFD1', 0, 16383]
])('%s is row %d, column %d', (name, row, column) => {
	expect(placeOf(name)).toEqual({ row, column });
	expect(cellName({ row, column })).toBe(name);
});

test('columns are named as in a workbook', () => {
	expect([0, 25, 26, 701, 702].map(columnName)).toEqual(['A', 'Z', 'AA', 'ZZ', 'AAA']);
});

const block = (number: number, kind: Block['block'], start: number, end: number) =>
	({ number, block: kind, level: 1, span: { start, end } }) as Block;

function table(...spans: [number, number][]): Table {
	const cells = spans.map(([start, end], row) => ({ at: `A${row + 1}`, span: { start, end } }));
	return { rows: spans.length, columns: 1, cells };
}

test('items of a list and rows of a table come together, two tables stay two', () => {
	const tables = [table([30, 34], [35, 39]), table([40, 44])];
	const pieces = piecesOf(
		[
			block(1, 'heading', 0, 5),
			block(2, 'list_item', 6, 10),
			block(3, 'list_item', 11, 15),
			block(4, 'paragraph', 16, 29),
			block(5, 'table_row', 30, 34),
			block(6, 'table_row', 35, 39),
			block(7, 'table_row', 40, 44),
			block(8, 'list_item', 45, 50)
		],
		tables
	);
	expect(pieces.map(({ kind }) => kind)).toEqual([
		'heading',
		'list',
		'paragraph',
		'table',
		'table',
		'list'
	]);
	expect(pieces.flatMap((piece) => (piece.kind === 'table' ? [piece.table] : []))).toEqual(tables);
});

test('a row whose table is not told is still shown', () => {
	expect(piecesOf([block(1, 'table_row', 0, 4)], [])).toMatchObject([{ kind: 'paragraph' }]);
});

test('a recognised word is as high as its line', () => {
	const word = (y0: number, y1: number) => ({
		span: { start: 0, end: 1 },
		bounds: { x0: 0, x1: 9, y0, y1 }
	});
	expect(linesOf([word(10, 20), word(14, 23), word(12, 20), word(30, 38)])).toEqual([
		{ y0: 10, y1: 23 },
		{ y0: 10, y1: 23 },
		{ y0: 10, y1: 23 },
		{ y0: 30, y1: 38 }
	]);
});
