import { expect, test } from 'vitest';
import { ariaSort, nextSort, readFilters, writeFilters } from './filters';

const read = (query: string) => readFilters(new URLSearchParams(query));

test('what is written is read again', () => {
	const query = 'q=kelp+%26+co&stage=screening&industry=climate&sort=name';
	expect(writeFilters(read(query))).toBe(`/deals?${query}`);
});

test('an address that names unknown values shows the whole list', () => {
	expect(writeFilters(read('stage=won&industry=cheese&sort=price&q=%20'))).toBe('/deals');
});

test('a header sorts its natural way first, then the other way round', () => {
	expect(nextSort('-updated_at', 'name')).toBe('name');
	expect(nextSort('name', 'name')).toBe('-name');
	expect(nextSort('name', 'updated_at')).toBe('-updated_at');
	expect(nextSort('-updated_at', 'updated_at')).toBe('updated_at');
});

test('the order is told to screen readers on its own column only', () => {
	expect(ariaSort('-name', 'name')).toBe('descending');
	expect(ariaSort('name', 'name')).toBe('ascending');
	expect(ariaSort('name', 'updated_at')).toBeUndefined();
});
