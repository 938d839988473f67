/** Of many in a row those that are shown, from `start` up to before `end`. */
export interface Window {
	start: number;
	end: number;
}

/** `size` of `total`, with the one at `at` in their middle as far as there are so many. */
export function windowAround(at: number, total: number, size: number): Window {
	const start = Math.max(0, Math.min(at - Math.floor(size / 2), total - size));
	return { start, end: Math.min(total, start + size) };
}

/** What a window shows, led by one from before it. */
export function shownIn({ start, end }: Window, leader: number | undefined): number[] {
	const inside = Array.from({ length: end - start }, (_, at) => start + at);
	return leader !== undefined && leader < start ? [leader, ...inside] : inside;
}
