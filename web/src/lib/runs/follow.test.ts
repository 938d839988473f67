import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Follow } from './follow.svelte';

class Source {
	static made: Source[] = [];
	open = true;
	onmessage: (message: { lastEventId: string; data: string }) => void = () => {};
	constructor(readonly to: string) {
		Source.made.push(this);
	}
	close() {
		this.open = false;
	}
	tell(id: number, event: object) {
		this.onmessage({ lastEventId: String(id), data: JSON.stringify(event) });
	}
}

let hidden = false;
const see = (shown: boolean) => {
	hidden = !shown;
	document.dispatchEvent(new Event('visibilitychange'));
};
const open = () => Source.made.filter((source) => source.open).length;

beforeEach(() => {
	vi.useFakeTimers();
	vi.stubGlobal('EventSource', Source);
	vi.spyOn(document, 'hidden', 'get').mockImplementation(() => hidden);
	Source.made = [];
	hidden = false;
});

afterEach(() => {
	vi.useRealTimers();
	vi.unstubAllGlobals();
	vi.restoreAllMocks();
});

test('two pages look at one stream, which outlives a step from one to the other', () => {
	const follow = new Follow({ deal_id: 'd1', id: 'r1' });
	const first = follow.hold();
	first();
	vi.advanceTimersByTime(30_000);
	const second = follow.hold();
	vi.advanceTimersByTime(300_000);
	expect(Source.made.map(({ to }) => to)).toEqual(['/api/v1/deals/d1/runs/r1/events']);
	expect(open()).toBe(1);
	second();
	vi.advanceTimersByTime(60_000);
	expect(open()).toBe(0);
});

test('a page that nobody sees lets its stream go after a while and hears all again', () => {
	const follow = new Follow({ deal_id: 'd1', id: 'r1' });
	follow.hold();
	see(false);
	vi.advanceTimersByTime(59_000);
	see(true);
	vi.advanceTimersByTime(59_000);
	expect([open(), Source.made.length]).toEqual([1, 1]);
	Source.made[0]?.tell(1, { event: 'section', id: 'company', title: 'Company' });
	see(false);
	vi.advanceTimersByTime(60_000);
	expect(open()).toBe(0);
	see(true);
	expect([open(), Source.made.length]).toEqual([1, 2]);
	Source.made[1]?.tell(1, { event: 'section', id: 'company', title: 'Company' });
	Source.made[1]?.tell(2, { event: 'waiting', documents: 2 });
	vi.advanceTimersByTime(100);
	expect(follow.live).toMatchObject({ last: 2, waitsFor: 2, sections: [{ id: 'company' }] });
});
