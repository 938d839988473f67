import { fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, expect, test, vi } from 'vitest';
import { deals } from '$lib/api/calls';
import { ApiProblem } from '$lib/api/problem';
import type { Import } from '$lib/api/types';
import WithQueries from '../../testing/WithQueries.svelte';
import ImportDialog from './ImportDialog.svelte';

const CHECKED: Import = {
	encoding: 'windows-1252',
	delimiter: 'semicolon',
	rows: [
		{ line: 2, name: 'Kelp & Co', industry: 'climate', stage: 'inbox', problems: [] },
		{
			line: 3,
			name: '',
			industry: 'cheese',
			stage: 'inbox',
			problems: ['The name is missing.', 'The industry is not known.']
		}
	],
	ready: 1,
	refused: 1,
	created: 0
};

afterEach(() => vi.restoreAllMocks());

async function choose() {
	const onclose = vi.fn();
	const { container } = render(WithQueries, { shown: ImportDialog, onclose });
	const input = container.querySelector('input[type=file]');
	if (!input) throw new Error('the dialog offers no file input');
	const file = new File(['name;industry;stage'], 'pipeline.csv', { type: 'text/csv' });
	await fireEvent.change(input, { target: { files: [file] } });
	return onclose;
}

test('every line shows its problems, and how the file was read', async () => {
	vi.spyOn(deals, 'importCsv').mockResolvedValue(CHECKED);
	await choose();
	expect(await screen.findByText(/windows-1252, separated by semicolon/)).toBeTruthy();
	const bad = screen.getByText('3').closest('tr');
	if (!bad) throw new Error('line 3 is not in the table');
	expect(within(bad).getByText('The name is missing.')).toBeTruthy();
	expect(within(bad).getByText('The industry is not known.')).toBeTruthy();
	expect(screen.getByRole('button', { name: 'Import 1 deal (1 row refused)' })).toBeTruthy();
});

test('of a long file the rows with problems come first, the rest is counted', async () => {
	const rows = Array.from({ length: 1_500 }, (_, at) => ({
		line: at + 2,
		name: `Company ${at + 2}`,
		industry: 'saas',
		stage: 'inbox',
		problems: at === 1_400 ? ['The stage is not known.'] : []
	}));
	vi.spyOn(deals, 'importCsv').mockResolvedValue({ ...CHECKED, rows });
	await choose();
	const [, first, ...others] = await screen.findAllByRole('row');
	expect(first?.textContent).toContain('The stage is not known.');
	expect(others).toHaveLength(200);
	expect(others.at(-1)?.textContent).toBe('… and 1,300 more rows');
});

test('nothing is written before the check was seen; then the same file is', async () => {
	const call = vi.spyOn(deals, 'importCsv').mockResolvedValue(CHECKED);
	const onclose = await choose();
	const submit = await screen.findByRole('button', { name: /^Import 1 deal/ });
	expect(call.mock.calls.map(([, mode]) => mode)).toEqual(['check']);
	await fireEvent.click(submit);
	await waitFor(() => expect(onclose).toHaveBeenCalled());
	expect(call.mock.calls.map(([, mode]) => mode)).toEqual(['check', 'apply']);
	expect(call.mock.calls[1]?.[0]).toBe(call.mock.calls[0]?.[0]);
});

test('a file without a good row cannot be imported', async () => {
	vi.spyOn(deals, 'importCsv').mockResolvedValue({ ...CHECKED, ready: 0, refused: 2 });
	await choose();
	const submit = await screen.findByRole<HTMLButtonElement>('button', { name: /^Import 0 deals/ });
	expect(submit.disabled).toBe(true);
});

test('a file that cannot be read leaves the choice open', async () => {
	const fields = [{ field: 'file', message: 'This is no CSV.' }];
	const refused = new ApiProblem({ code: 'invalid_input', detail: 'Not accepted.', fields }, 422);
	vi.spyOn(deals, 'importCsv').mockRejectedValue(refused);
	await choose();
	expect(await screen.findByText('This is no CSV.')).toBeTruthy();
	expect(screen.getByRole('button', { name: 'Choose a file' })).toBeTruthy();
});
