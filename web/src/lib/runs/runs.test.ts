import { expect, test } from 'vitest';
import type { ReportSummary, Run } from '$lib/api/types';
import { percentText } from './coverage';
import { elapsedText } from './elapsed';
import { goesOn, madeVersion, withEnd } from './runs';

const run = (id: string, state: Run['state']): Run => ({
	id,
	deal_id: 'd1',
	state,
	sentence: null,
	report_number: null,
	model: null,
	started_by: { id: 'u1', name: 'Ada Keller' },
	created_at: '2026-11-22T10:00:00Z',
	ended_at: null
});

test('the end of a run is written into the one that ended', () => {
	const known = { items: [run('b', 'running'), run('a', 'done')], next_cursor: 'more' };
	const end = { event: 'ended', state: 'done', sentence: null, report_number: 3 } as const;
	const next = withEnd(known, 'b', end, '2026-11-22T10:03:00Z');
	expect(next?.items[0]).toMatchObject({ id: 'b', state: 'done', report_number: 3 });
	expect(next?.items[0]?.ended_at).toBe('2026-11-22T10:03:00Z');
	expect(next?.items[1]).toEqual(known.items[1]);
	expect(next?.next_cursor).toBe('more');
	expect(withEnd(undefined, 'b', end, '')).toBeUndefined();
});

test('a run goes on until it has ended one way or another', () => {
	const states = ['waiting', 'running', 'done', 'failed', 'cancelled'] as const;
	expect(states.filter((state) => goesOn(run('a', state)))).toEqual(['waiting', 'running']);
});

test('elapsed time is told in the two units that matter', () => {
	const from = '2026-11-22T10:00:00Z';
	const after = (seconds: number) => elapsedText(from, Date.parse(from) + seconds * 1000);
	expect(after(7.9)).toBe('7 s');
	expect(after(65)).toBe('1 min 05 s');
	expect(after(3_600 + 5 * 60 + 59)).toBe('1 h 05 min');
	expect(after(-30)).toBe('0 s');
});

test('coverage is rounded down, and of nothing it is nothing', () => {
	expect(percentText({ found: 11, required: 18 })).toBe('61 %');
	expect(percentText({ found: 199, required: 200 })).toBe('99 %');
	expect(percentText({ found: 18, required: 18 })).toBe('100 %');
	expect(percentText({ found: 0, required: 0 })).toBe('0 %');
});

test('a run with something to say made a version, unless that was there before', () => {
	const version = (number: number, created_at: string) => ({ number, created_at }) as ReportSummary;
	const before = [version(2, '2026-11-22T09:00:00Z')];
	const done = { ...run('a', 'done'), report_number: 3 };
	expect(madeVersion(done, undefined)).toBe(true);
	const silent = { ...done, sentence: 'Llama did not answer.' };
	expect(madeVersion(silent, before)).toBe(true);
	expect(madeVersion(silent, [version(3, '2026-11-22T10:00:00.5Z'), ...before])).toBe(true);
	const same = { ...done, report_number: 2, sentence: 'Nothing has changed since version 2.' };
	expect(madeVersion(same, before)).toBe(false);
	expect(madeVersion(same, undefined)).toBe(false);
	expect(madeVersion({ ...run('a', 'failed'), sentence: 'No.' }, before)).toBe(false);
});
