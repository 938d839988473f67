import { fireEvent, render, screen } from '@testing-library/svelte';
import { afterEach, expect, test, vi } from 'vitest';
import type { DealDocument } from '$lib/api/types';
import Unlock from './Unlock.svelte';

afterEach(() => vi.unstubAllGlobals());

async function give(password: string, status: number, body: unknown) {
	const bodies: unknown[] = [];
	vi.stubGlobal('fetch', async (request: Request) => {
		bodies.push(await request.json());
		return new Response(JSON.stringify(body), { status });
	});
	const onunlocked = vi.fn();
	const document = { id: 'd', deal_id: 'e', name: 'Locked.pdf' } as DealDocument;
	render(Unlock, { document, onunlocked });
	const field = screen.getByLabelText<HTMLInputElement>('Password of Locked.pdf');
	await fireEvent.input(field, { target: { value: password } });
	await fireEvent.click(screen.getByRole('button', { name: 'Unlock' }));
	expect(field.value).toBe('');
	await vi.waitFor(() => expect(bodies).toEqual([{ password }]));
	return { field, onunlocked };
}

test('a password is sent once and not kept in the field', async () => {
	const { field, onunlocked } = await give('open sesame', 202, { id: 'd' });
	await vi.waitFor(() => expect(onunlocked).toHaveBeenCalledOnce());
	expect(field).toMatchObject({ type: 'password', autocomplete: 'off' });
});

test('what is wrong with it stands at its field', async () => {
	const fields = [{ field: 'password', message: 'A password has 1 to 255 bytes.' }];
	const refused = { code: 'invalid_input', detail: 'Not accepted.', fields };
	const { field, onunlocked } = await give('x', 422, refused);
	const note = await screen.findByRole('alert');
	expect(note.textContent).toBe('A password has 1 to 255 bytes.');
	expect(field.getAttribute('aria-describedby')).toBe(note.id);
	expect(onunlocked).not.toHaveBeenCalled();
});
