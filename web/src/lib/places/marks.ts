import { sameLine } from './lines';
import type { Bounds, PageLayout, Span } from './part';

export const overlaps = (a: Span, b: Span) => a.start < b.end && b.start < a.end;

export interface Cut {
	before: Span;
	inside: Span;
	after: Span;
}

/** A stretch as what stands before the mark, in it and after it; nothing if they share no character. */
export function cut(span: Span, mark: Span | undefined): Cut | undefined {
	if (!mark || !overlaps(span, mark)) return undefined;
	const start = Math.max(span.start, mark.start);
	const end = Math.min(span.end, mark.end);
	return {
		before: { start: span.start, end: start },
		inside: { start, end },
		after: { start: end, end: span.end }
	};
}

/** Boxes around the words of a mark, one a line. */
export function boxesOf(words: PageLayout['words'], mark: Span | undefined): Bounds[] {
	const boxes: Bounds[] = [];
	if (!mark) return boxes;
	for (const { span, bounds } of words) {
		if (!overlaps(span, mark)) continue;
		const line = boxes.at(-1);
		if (line && sameLine(line, bounds)) boxes[boxes.length - 1] = union(line, bounds);
		else boxes.push(bounds);
	}
	return boxes;
}

function union(a: Bounds, b: Bounds): Bounds {
	return {
		x0: Math.min(a.x0, b.x0),
		y0: Math.min(a.y0, b.y0),
		x1: Math.max(a.x1, b.x1),
		y1: Math.max(a.y1, b.y1)
	};
}

/** `120-140` of an address as a span; nothing if it names none. */
export function markOf(asked: string | null): Span | undefined {
	const [, from, to] = /^(\d{1,9})-(\d{1,9})$/.exec(asked ?? '') ?? [];
	const span = { start: Number(from), end: Number(to) };
	return span.start < span.end ? span : undefined;
}

export const written = ({ start, end }: Span) => `${start}-${end}`;
