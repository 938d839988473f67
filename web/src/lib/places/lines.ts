import type { Bounds, PageLayout } from './part';

/**
 * For each word the box of its line. A word that was recognised has the box of its ink, so "as" is lower than "(quick)"
 * beside it; letters of one size need the height of their line.
 */
export function linesOf(words: PageLayout['words']): Pick<Bounds, 'y0' | 'y1'>[] {
	const lines: { y0: number; y1: number }[] = [];
	for (const [at, { bounds }] of words.entries()) {
		const last = at > 0 ? lines[at - 1] : undefined;
		if (last && sameLine(last, bounds)) {
			last.y0 = Math.min(last.y0, bounds.y0);
			last.y1 = Math.max(last.y1, bounds.y1);
			lines.push(last);
		} else {
			lines.push({ y0: bounds.y0, y1: bounds.y1 });
		}
	}
	return lines;
}

/** As the reader has it: they share more than half of the lower one's height. */
export function sameLine(a: Pick<Bounds, 'y0' | 'y1'>, b: Pick<Bounds, 'y0' | 'y1'>) {
	const shared = Math.min(a.y1, b.y1) - Math.max(a.y0, b.y0);
	return shared > 0.5 * Math.min(a.y1 - a.y0, b.y1 - b.y0);
}
