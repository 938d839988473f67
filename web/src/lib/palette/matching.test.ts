import { expect, test } from 'vitest';
import { matching, moved } from './matching';

const entries = ['Import deals', 'New deal', 'Halden, Sørby & Lie', 'Café Møller'].map((title) => ({
	title
}));
const titles = (typed: string) => matching(entries, typed).map((entry) => entry.title);

test('every typed word has to be there, in any order', () => {
	expect(titles('deal new')).toEqual(['New deal']);
	expect(titles('deal old')).toEqual([]);
});

test('accents and case do not matter', () => {
	expect(titles('CAFE')).toEqual(['Café Møller']);
});

test('what starts with the word comes first', () => {
	expect(matching([{ title: 'Old new' }, { title: 'New deal' }], 'new')[0]?.title).toBe('New deal');
});

test('nothing typed keeps everything in its order', () => {
	expect(titles(' ')).toHaveLength(entries.length);
});

test('arrows go round the ends, pages stop there', () => {
	expect(moved('ArrowDown', 2, 3)).toBe(0);
	expect(moved('ArrowUp', 0, 3)).toBe(2);
	expect(moved('PageDown', 1, 3)).toBe(2);
	expect(moved('PageUp', 1, 3)).toBe(0);
});

test('other keys, and an empty list, are left to the text field', () => {
	expect(moved('Home', 1, 3)).toBeUndefined();
	expect(moved('ArrowDown', 0, 0)).toBeUndefined();
});
