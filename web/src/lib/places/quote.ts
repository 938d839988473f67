import type { Span } from './part';

/** Gives the text at a span. Spans count characters; strings here count halves of those beyond U+FFFF. */
export function quoter(text: string): (span: Span) => string {
	if (!/[\ud800-\udbff]/.test(text)) return ({ start, end }) => text.slice(start, end);
	const characters = Array.from(text);
	return ({ start, end }) => characters.slice(start, end).join('');
}

/** Length of a text in the characters that spans count. */
export function lengthOf(text: string): number {
	let halves = 0;
	for (const { length } of text.matchAll(/[\ud800-\udbff][\udc00-\udfff]/g)) halves += length;
	return text.length - halves;
}
