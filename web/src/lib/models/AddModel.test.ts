import { fireEvent, render, screen } from '@testing-library/svelte';
import { afterEach, expect, test, vi } from 'vitest';
import { models } from '$lib/api/calls';
import { ApiProblem } from '$lib/api/problem';
import type { ModelEndpoint } from '$lib/api/types';
import AddModel from './AddModel.svelte';

afterEach(() => vi.restoreAllMocks());

async function fill(key = '') {
	const onadded = vi.fn();
	render(AddModel, { onadded, onclose: vi.fn() });
	const give = (label: string, value: string) =>
		fireEvent.input(screen.getByLabelText(label), { target: { value } });
	await give('Name', 'Llama in the office');
	await give('Address', 'gpu:8080');
	await give('Model', 'llama-3.1-70b');
	await give('Key (optional)', key);
	await fireEvent.click(screen.getByRole('radio', { name: /^Local/ }));
	await fireEvent.click(screen.getByRole('button', { name: 'Add and test' }));
	return onadded;
}

test('what is wrong with a field stands at it', async () => {
	const fields = [
		{ field: 'base_url', message: 'Write the whole URL.' },
		{ field: 'key', message: 'A key has visible characters only.' }
	];
	const refused = new ApiProblem({ code: 'invalid_input', detail: 'Not accepted.', fields }, 422);
	vi.spyOn(models, 'add').mockRejectedValue(refused);
	const onadded = await fill('a b');
	const labels: Record<string, string> = { base_url: 'Address', key: 'Key (optional)' };
	for (const { field: name, message } of fields) {
		const field = screen.getByLabelText(labels[name] ?? '');
		const note = await screen.findByText(message);
		expect(field.getAttribute('aria-invalid')).toBe('true');
		expect(field.getAttribute('aria-describedby')).toBe(note.id);
	}
	await vi.waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText('Address')));
	expect(screen.queryByText('Not accepted.')).toBeNull();
	expect(onadded).not.toHaveBeenCalled();
});

test('a key is asked for out of sight, and none is sent if none is given', async () => {
	const added = { id: 'm1' } as ModelEndpoint;
	const call = vi.spyOn(models, 'add').mockResolvedValue(added);
	const onadded = await fill();
	expect(screen.getByLabelText('Key (optional)')).toMatchObject({
		type: 'password',
		autocomplete: 'off'
	});
	expect(call).toHaveBeenCalledWith({
		name: 'Llama in the office',
		base_url: 'gpu:8080',
		model: 'llama-3.1-70b',
		reach: 'local',
		key: null
	});
	await vi.waitFor(() => expect(onadded).toHaveBeenCalledWith(added));
});
