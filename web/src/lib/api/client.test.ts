import { afterEach, expect, test, vi } from 'vitest';
import { deals, documents, session } from './calls';
import { whenKeptOut } from './client';
import { ApiProblem } from './problem';

const DEAL = { id: '7d1f0c3a-0000-4000-8000-000000000000', version: 3 };
let sent: Request | undefined;

function answer(status: number, body: unknown, headers: Record<string, string> = {}) {
	vi.stubGlobal('fetch', async (request: Request) => {
		sent = request;
		return new Response(typeof body === 'string' ? body : JSON.stringify(body), {
			status,
			headers
		});
	});
}

async function problemOf(call: Promise<unknown>): Promise<ApiProblem> {
	const thrown: unknown = await call.then(
		() => undefined,
		(reason: unknown) => reason
	);
	if (!(thrown instanceof ApiProblem)) throw new Error('the call ended without a problem');
	return thrown;
}

afterEach(() => {
	vi.unstubAllGlobals();
	whenKeptOut(() => {});
});

test("a refusal carries the server's words, its fields and when to try again", async () => {
	const fields = [{ field: 'password', message: 'Too common.' }];
	answer(
		429,
		{ code: 'too_many_attempts', detail: 'Wait a little.', fields },
		{ 'retry-after': '7' }
	);
	const problem = await problemOf(session.signIn({ email: 'a@b.example', password: 'x' }));
	expect(problem.message).toBe('Wait a little.');
	expect(problem.about('password')).toBe('Too common.');
	expect(problem.retryAfter).toBe(7);
	expect(problem.passing).toBe(false);
});

test('an answer that is no problem document is still told in words', async () => {
	answer(502, '<html>Bad gateway</html>');
	const problem = await problemOf(session.me());
	expect(problem.message).toContain('502');
	expect(problem.passing).toBe(true);
});

test('no answer at all says that the server cannot be reached', async () => {
	vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')));
	const problem = await problemOf(session.me());
	expect(problem.code).toBe('offline');
	expect(problem.message).toContain('cannot be reached');
});

test('only an ended session leads to the sign-in, not a wrong password', async () => {
	const told = vi.fn();
	whenKeptOut(told);
	answer(401, { code: 'wrong_credentials', detail: 'Wrong.' });
	await problemOf(session.signIn({ email: 'a@b.example', password: 'x' }));
	expect(told).not.toHaveBeenCalled();
	answer(401, { code: 'signed_out', detail: 'Signed out.' });
	await problemOf(deals.list({}));
	expect(told.mock.calls).toEqual([['signed_out']]);
	answer(403, { code: 'second_factor_required', detail: 'The code is missing.' });
	await problemOf(deals.list({}));
	expect(told).toHaveBeenLastCalledWith('second_factor_required');
	answer(403, { code: 'forbidden', detail: 'No.' });
	await problemOf(deals.list({}));
	expect(told).toHaveBeenCalledTimes(2);
});

test('a change names the version it starts from', async () => {
	answer(200, DEAL);
	await deals.change(DEAL, { name: 'Kelp' });
	expect(sent?.headers.get('if-match')).toBe('"3"');
	expect(sent?.method).toBe('PATCH');
});

test('a file is sent as it is', async () => {
	answer(200, { rows: [] });
	await deals.importCsv(new Blob(['name\nKelp']), 'check');
	expect(sent?.headers.get('content-type')).toBe('text/csv');
	expect(new URL(sent?.url ?? '').search).toBe('?mode=check');
});

test('a list that still holds is not sent again', async () => {
	const page = { items: [], total: 0, moving: 0 };
	answer(200, page, { etag: 'W/"a"' });
	const first = await documents.list(DEAL.id, {});
	expect(sent?.headers.has('if-none-match')).toBe(false);
	expect(first).toEqual({ answer: page, tag: 'W/"a"' });
	vi.stubGlobal('fetch', async (request: Request) => {
		sent = request;
		return new Response(null, { status: 304, headers: { etag: 'W/"a"' } });
	});
	expect(await documents.list(DEAL.id, {}, first)).toBe(first);
	expect(sent?.headers.get('if-none-match')).toBe('W/"a"');
});
