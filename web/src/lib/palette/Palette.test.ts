import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { goto } from '$app/navigation';
import { deals } from '$lib/api/calls';
import { commands } from '$lib/commands.svelte';
import WithQueries from '../../testing/WithQueries.svelte';
import Palette from './Palette.svelte';

vi.mock('$app/navigation', () => ({ goto: vi.fn() }));

const NONE = {
	items: [],
	total: 0,
	next_cursor: null,
	stages: { inbox: 0, screening: 0, diligence: 0, committee: 0, passed: 0, invested: 0 }
};
const ran = vi.fn();
let withdraw = () => {};

beforeEach(() => {
	vi.spyOn(deals, 'list').mockResolvedValue(NONE);
	withdraw = commands.offer([
		{ id: 'new', title: 'New deal', run: () => ran('shell') },
		{ id: 'theme', title: 'Switch theme', run: () => ran('theme') },
		{ id: 'new.here', title: 'New deal', key: 'n', run: () => ran('page') },
		{ id: 'row', title: 'Next deal', key: 'j', keyOnly: true, run: () => ran('row') }
	]);
});

afterEach(() => {
	withdraw();
	ran.mockReset();
	vi.restoreAllMocks();
});

function open() {
	const onclose = vi.fn();
	render(WithQueries, { shown: Palette, onclose });
	return { input: screen.getByRole('combobox'), onclose };
}

test('each action stands once, as the page offers it', async () => {
	const { input, onclose } = open();
	expect(screen.getAllByRole('option')).toHaveLength(2);
	await fireEvent.keyDown(input, { key: 'Enter' });
	expect(ran).toHaveBeenCalledWith('page');
	expect(onclose).toHaveBeenCalled();
});

test('typing narrows, and the marked option is the one told to screen readers', async () => {
	const { input } = open();
	await fireEvent.keyDown(input, { key: 'ArrowDown' });
	const marked = document.getElementById(input.getAttribute('aria-activedescendant') ?? '');
	expect(marked?.textContent).toContain('Switch theme');
	await fireEvent.input(input, { target: { value: 'new' } });
	await waitFor(() => expect(screen.getAllByRole('option')).toHaveLength(1));
	expect(screen.getByRole('option').getAttribute('aria-selected')).toBe('true');
});

test('Enter does nothing as long as it is not known whether a deal matches', async () => {
	vi.spyOn(deals, 'list').mockReturnValue(new Promise(() => {}));
	const { input, onclose } = open();
	await fireEvent.input(input, { target: { value: 'zebra' } });
	await fireEvent.keyDown(input, { key: 'Enter' });
	expect(screen.getByRole('status').textContent).toContain('zebra');
	expect(onclose).not.toHaveBeenCalled();
});

test('what names neither deal nor action can be searched for in the documents', async () => {
	const { input, onclose } = open();
	await fireEvent.input(input, { target: { value: 'zebra & co' } });
	await screen.findByRole('option', { name: /documents and reports for “zebra & co”/ });
	await fireEvent.keyDown(input, { key: 'Enter' });
	expect(onclose).toHaveBeenCalled();
	expect(goto).toHaveBeenCalledWith('/search?q=zebra+%26+co');
});
