import type { Span } from './part';

/** Gives the text at a span. Spans count characters; strings here count halves of those beyond U+FFFF. */
export function quoter(text: string): (span: Span) => string {
	if (!/[\ud800-\udbff]/.test(text)) return ({ start, end }) => text.slice(start, end);
	const characters = Array.from(text);
	return ({ start, end }) => characters.slice(start, end).join('');
}
