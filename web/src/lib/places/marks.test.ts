import { expect, test } from 'vitest';
import { byName } from './cells';
import { piecesOf, pieceWith } from './flow';
import { boxesOf, cut, markOf, written } from './marks';
import type { Block, SheetCell } from './part';
import { lengthOf, quoter } from './quote';
import { headsOf, markedCell } from './sheet';
import { shownIn, windowAround } from './window';

const span = (start: number, end: number) => ({ start, end });

test('a mark cuts a stretch in three, by characters and not by halves of them', () => {
	const text = '🚀 ARR 𝟒 Mio.';
	const quote = quoter(text);
	const pieces = cut(span(0, 12), span(2, 7));
	expect(pieces && [pieces.before, pieces.inside, pieces.after].map(quote)).toEqual([
		'🚀 ',
		'ARR 𝟒',
		' Mio.'
	]);
	expect(lengthOf(text)).toBe(12);
	expect(lengthOf('kurz')).toBe(4);
});

test('a mark that reaches beyond a stretch marks what is within it, one beside it nothing', () => {
	expect(cut(span(10, 20), span(5, 15))?.inside).toEqual(span(10, 15));
	expect(cut(span(10, 20), span(15, 25))?.inside).toEqual(span(15, 20));
	expect(cut(span(10, 20), span(20, 25))).toBeUndefined();
	expect(cut(span(10, 20), span(5, 10))).toBeUndefined();
	expect(cut(span(10, 20), undefined)).toBeUndefined();
});

test('words on two lines have two boxes', () => {
	const word = (start: number, end: number, x0: number, y0: number) => ({
		span: span(start, end),
		bounds: { x0, y0, x1: x0 + 10, y1: y0 + 10 }
	});
	const words = [
		word(0, 3, 0, 0),
		word(4, 6, 12, 0),
		word(7, 12, 24, 0),
		word(13, 15, 0, 20),
		word(16, 18, 12, 20),
		word(19, 23, 24, 20)
	];
	expect(boxesOf(words, span(7, 18))).toEqual([
		{ x0: 24, y0: 0, x1: 34, y1: 10 },
		{ x0: 0, y0: 20, x1: 22, y1: 30 }
	]);
	expect(boxesOf(words, undefined)).toEqual([]);
});

test.each([
	['120-140', span(120, 140)],
	['0-1', span(0, 1)],
	['140-120', undefined],
	['5-5', undefined],
	['-5', undefined],
	['1-2-3', undefined],
	['a-b', undefined],
	[null, undefined]
])('the address %s marks %o', (asked, mark) => {
	expect(markOf(asked)).toEqual(mark);
	if (mark && asked) expect(written(mark)).toBe(asked);
});

test('a window has the wanted one in its middle, or as near as the ends allow', () => {
	expect(windowAround(500, 1000, 100)).toEqual(span(450, 550));
	expect(windowAround(3, 1000, 100)).toEqual(span(0, 100));
	expect(windowAround(999, 1000, 100)).toEqual(span(900, 1000));
	expect(windowAround(4, 10, 100)).toEqual(span(0, 10));
	expect(windowAround(0, 0, 100)).toEqual(span(0, 0));
});

test('a window is led by what names its rows, unless that is within it', () => {
	expect(shownIn(span(5, 8), 0)).toEqual([0, 5, 6, 7]);
	expect(shownIn(span(0, 3), 0)).toEqual([0, 1, 2]);
	expect(shownIn(span(5, 7), undefined)).toEqual([5, 6]);
});

const cell = (at: string, start: number, end: number, type: SheetCell['value']['type']) =>
	({ at, span: span(start, end), value: { type, value: '' } }) as SheetCell;
const CELLS = [
	cell('A1', 0, 5, 'text'),
	cell('C1', 6, 10, 'date'),
	cell('C2', 11, 16, 'text'),
	cell('A3', 17, 20, 'text'),
	cell('B3', 21, 24, 'text'),
	cell('C3', 25, 30, 'number'),
	cell('A9', 31, 35, 'number')
];

test('a mark finds its cell', () => {
	expect(markedCell(CELLS, span(26, 28))?.at).toBe('C3');
	expect(markedCell(CELLS, span(31, 90))?.at).toBe('A9');
	expect(markedCell(CELLS, span(30, 31))).toBeUndefined();
	expect(markedCell(CELLS, span(90, 91))).toBeUndefined();
	expect(markedCell(CELLS, undefined)).toBeUndefined();
});

test('a cell is named by the first words of its row and by the day or words above it', () => {
	const cells = byName(CELLS);
	expect(headsOf(cells, { row: 2, column: 2 })).toEqual({ label: 0, head: 0 });
	const undated = byName(CELLS.filter(({ value }) => value.type !== 'date'));
	expect(headsOf(undated, { row: 2, column: 2 })).toEqual({ label: 0, head: 1 });
	expect(headsOf(cells, { row: 8, column: 0 })).toEqual({ label: undefined, head: 2 });
	expect(headsOf(new Map(), { row: 5, column: 5 })).toEqual({});
});

test('of a flowing text the piece with the mark is found, in lists and tables too', () => {
	const block = (number: number, kind: Block['block'], start: number, end: number) =>
		({ number, block: kind, level: 1, span: span(start, end) }) as Block;
	const table = { rows: 1, columns: 1, cells: [{ at: 'A1', span: span(30, 34) }] };
	const pieces = piecesOf(
		[
			block(1, 'heading', 0, 5),
			block(2, 'list_item', 6, 10),
			block(3, 'list_item', 11, 15),
			block(4, 'table_row', 30, 34)
		],
		[table]
	);
	expect([span(1, 2), span(12, 13), span(31, 32)].map((mark) => pieceWith(pieces, mark))).toEqual([
		0, 1, 2
	]);
	expect(pieceWith(pieces, span(90, 91))).toBe(0);
	expect(pieceWith(pieces, undefined)).toBe(0);
});
