import { afterEach, expect, test, vi } from 'vitest';
import { whenKeptOut } from './client';
import { upload } from './upload';

class Line {
	static last: Line;
	upload: { onprogress?: (event: { loaded: number }) => void } = {};
	onload = () => {};
	onerror = () => {};
	abort = vi.fn();
	status = 0;
	response: unknown = null;
	opened: string[] = [];
	form: FormData | undefined;

	constructor() {
		Line.last = this;
	}

	open(...opened: string[]) {
		this.opened = opened;
	}

	setRequestHeader() {}

	getResponseHeader() {
		return null;
	}

	send(form: FormData) {
		this.form = form;
	}

	answer(status: number, response: unknown) {
		Object.assign(this, { status, response });
		this.onload();
	}
}

vi.stubGlobal('XMLHttpRequest', Line);
afterEach(() => whenKeptOut(() => {}));

function start(onsent: (bytes: number) => void = () => {}) {
	return upload<{ id: string }>('/to', new Blob(['xy']), 'Room/Q2/a.csv', onsent);
}

test('the path goes along as the name, and what has left is told', async () => {
	const onsent = vi.fn();
	const sent = start(onsent);
	expect(Line.last.opened).toEqual(['POST', '/to']);
	expect((Line.last.form?.get('file') as File).name).toBe('Room/Q2/a.csv');
	Line.last.upload.onprogress?.({ loaded: 1 });
	expect(onsent).toHaveBeenCalledWith(1);
	Line.last.answer(201, { id: 'd' });
	expect(await sent.stored).toEqual({ id: 'd' });
});

test("a refusal carries the server's words; no answer says so", async () => {
	const refused = start();
	Line.last.answer(409, { code: 'already_exists', detail: 'Here already.' });
	await expect(refused.stored).rejects.toMatchObject({
		code: 'already_exists',
		message: 'Here already.'
	});
	const unexplained = start();
	Line.last.answer(502, null);
	await expect(unexplained.stored).rejects.toMatchObject({ status: 502, passing: true });
	const lost = start();
	Line.last.onerror();
	await expect(lost.stored).rejects.toMatchObject({ code: 'offline' });
});

test('an ended session leads to the sign-in', async () => {
	const told = vi.fn();
	whenKeptOut(told);
	const sent = start();
	Line.last.answer(401, { code: 'signed_out', detail: 'Signed out.' });
	await expect(sent.stored).rejects.toMatchObject({ code: 'signed_out' });
	expect(told).toHaveBeenCalledOnce();
});

test('cancelling ends the request', () => {
	start().cancel();
	expect(Line.last.abort).toHaveBeenCalledOnce();
});
