import { expect, test, vi } from 'vitest';
import { ApiProblem } from '$lib/api/problem';
import { Uploads } from './uploads.svelte';
import type { Picked, Walked } from './walk';

interface OnItsWay {
	path: string;
	store: () => Promise<void>;
	refuse: (code: string) => Promise<void>;
	cancel: () => void;
	tell: (bytes: number) => void;
}

const soon = () => new Promise<void>((resolve) => setTimeout(resolve));

function start() {
	const sent: OnItsWay[] = [];
	const onstored = vi.fn();
	const uploads = new Uploads(({ path }: Picked, tell) => {
		const cancel = vi.fn();
		const { promise, resolve, reject } = withResolvers();
		sent.push({
			path,
			tell,
			cancel,
			store: () => (resolve(), soon()),
			refuse: (code) => (reject(new ApiProblem({ code, detail: `no: ${code}` }, 409)), soon())
		});
		return { stored: promise, cancel };
	}, onstored);
	const one = (index: number) => sent[index] ?? expect.fail(`nothing was sent as number ${index}`);
	return { uploads, sent, one, onstored, paths: () => sent.map(({ path }) => path) };
}

function withResolvers() {
	let resolve: () => void = () => {};
	let reject: (reason: unknown) => void = () => {};
	const promise = new Promise<void>((yes, no) => ([resolve, reject] = [yes, no]));
	return { promise, resolve, reject };
}

const files = (...paths: string[]): Walked => ({
	picked: paths.map((path) => ({ path, file: new File(['xx'], path) })),
	unread: [],
	cut: false
});

test('three go at a time, in order; the next goes when one is stored', async () => {
	const { uploads, one, onstored, paths } = start();
	uploads.add(files('a', 'b', 'c', 'd', 'e'));
	expect(paths()).toEqual(['a', 'b', 'c']);
	await one(1).store();
	expect(paths()).toEqual(['a', 'b', 'c', 'd']);
	expect(uploads.underWay.map(({ picked }) => picked.path)).toEqual(['a', 'c', 'd', 'e']);
	expect(uploads).toMatchObject({ stored: 1, total: 5, busy: true });
	expect(onstored).toHaveBeenCalledOnce();
});

test('a refusal stays to be read and stops none of the others', async () => {
	const { uploads, one, paths } = start();
	uploads.add(files('a', 'b', 'c', 'd'));
	await one(0).refuse('already_exists');
	expect(paths()).toContain('d');
	for (const index of [1, 2, 3]) await one(index).store();
	expect(uploads.busy).toBe(false);
	expect(uploads.refused).toMatchObject([
		{ known: true, problem: { message: 'no: already_exists' } }
	]);
	uploads.dismissAll();
	expect(uploads.list).toEqual([]);
});

test('what was refused can be sent again', async () => {
	const { uploads, one, paths } = start();
	uploads.add(files('a'));
	await one(0).refuse('offline');
	const [upload] = uploads.refused;
	if (upload) uploads.again(upload);
	expect(paths()).toEqual(['a', 'a']);
	await one(1).store();
	expect(uploads).toMatchObject({ stored: 1, total: 1, list: [] });
});

test('one can be cancelled, on its way or waiting, and makes room', () => {
	const { uploads, one, paths } = start();
	uploads.add(files('a', 'b', 'c', 'd', 'e'));
	const [a, , , d] = uploads.list;
	if (d) uploads.cancel(d);
	expect(one(0).cancel).not.toHaveBeenCalled();
	if (a) uploads.cancel(a);
	expect(one(0).cancel).toHaveBeenCalledOnce();
	expect(paths()).toEqual(['a', 'b', 'c', 'e']);
	expect(uploads.total).toBe(3);
});

test('all can be cancelled; what was refused before stays to be read', async () => {
	const { uploads, one, sent } = start();
	uploads.add(files('a', 'b', 'c', 'd', 'e'));
	await one(0).refuse('invalid_input');
	uploads.cancelAll();
	expect(sent.map(({ cancel }) => vi.mocked(cancel).mock.calls.length)).toEqual([0, 1, 1, 1]);
	expect(uploads.busy).toBe(false);
	expect(uploads.refused).toHaveLength(1);
});

test('the browser asks before it leaves, as long as something is under way', async () => {
	const { uploads, one } = start();
	const asked = () => !dispatchEvent(new Event('beforeunload', { cancelable: true }));
	expect(asked()).toBe(false);
	uploads.add(files('a'));
	expect(asked()).toBe(true);
	await one(0).store();
	expect(asked()).toBe(false);
});

test('how much of a file has left is told, and system files are counted', () => {
	const { uploads, one, paths } = start();
	uploads.add(files('.DS_Store', 'a'));
	expect(paths()).toEqual(['a']);
	expect(uploads).toMatchObject({ leftOut: 1, total: 1 });
	one(0).tell(1);
	expect(uploads.list[0]?.sent).toBe(1);
});

test('counting starts anew once all were at rest', async () => {
	const { uploads, one } = start();
	uploads.add(files('a'));
	await one(0).store();
	uploads.add(files('b', 'c'));
	expect(uploads).toMatchObject({ stored: 0, total: 2 });
});
