import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { listen } from './sse';

class Source {
	static CLOSED = 2;
	static made: Source[] = [];
	readyState = 0;
	onopen = () => {};
	onmessage: (message: { lastEventId: string; data: string }) => void = () => {};
	onerror = () => {};
	constructor(readonly to: string) {
		Source.made.push(this);
	}
	close() {
		this.readyState = Source.CLOSED;
	}
	tell(id: number, event: string) {
		this.onmessage({ lastEventId: String(id), data: JSON.stringify({ event }) });
	}
	/** As the browser has it: it tries again by itself unless the answer was no stream. */
	lose(forGood: boolean) {
		this.readyState = forGood ? Source.CLOSED : 0;
		this.onerror();
	}
}

const heard: string[] = [];
const lost: boolean[] = [];
let stop = () => {};

beforeEach(() => {
	vi.useFakeTimers();
	vi.stubGlobal('EventSource', Source);
	Source.made = [];
	heard.length = lost.length = 0;
	stop = listen<{ event: string }>('/events', {
		ontold: ({ id, event }) => heard.push(`${id} ${event.event}`),
		onlost: (now) => lost.push(now),
		isLast: ({ event }) => event === 'ended'
	});
});

afterEach(() => {
	stop();
	vi.useRealTimers();
	vi.unstubAllGlobals();
});

const source = () => Source.made.at(-1) as Source;

test('nothing is told twice, and the answer ends it', () => {
	source().tell(1, 'stage');
	source().tell(1, 'stage');
	source().tell(2, 'ended');
	expect(heard).toEqual(['1 stage', '2 ended']);
	expect(source().readyState).toBe(Source.CLOSED);
});

test('a short break is not told; a longer one is, until the stream is back', () => {
	source().lose(false);
	vi.advanceTimersByTime(1_000);
	source().onopen();
	vi.advanceTimersByTime(10_000);
	expect(lost).toEqual([false]);
	source().lose(false);
	vi.advanceTimersByTime(10_000);
	source().onopen();
	expect(lost).toEqual([false, true, false]);
	expect(Source.made).toHaveLength(1);
});

test('where the browser gives up, a new source hears all again after growing pauses', () => {
	source().tell(1, 'stage');
	for (const pause of [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]) {
		const before = Source.made.length;
		source().lose(true);
		vi.advanceTimersByTime(pause - 1);
		expect(Source.made).toHaveLength(before);
		vi.advanceTimersByTime(1);
		expect(Source.made).toHaveLength(before + 1);
	}
	source().tell(1, 'stage');
	source().tell(2, 'figure');
	expect(heard).toEqual(['1 stage', '2 figure']);
	source().lose(true);
	vi.advanceTimersByTime(1_000);
	expect(Source.made).toHaveLength(9);
});

test('who is refused again and again stops asking', () => {
	for (let time = 0; time < 20; time += 1) {
		source().lose(true);
		vi.advanceTimersByTime(60_000);
	}
	expect(Source.made).toHaveLength(8);
});

test('whoever stops listening is not taken up again', () => {
	source().lose(true);
	stop();
	vi.advanceTimersByTime(60_000);
	expect(Source.made).toHaveLength(1);
	expect(lost).toEqual([]);
});
