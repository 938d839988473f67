/** Where in the list the part stands that an address asks for; the first if it asks for none that is there. */
export function partAt(parts: readonly { number: number }[], asked: string | null): number {
	const found = parts.findIndex(({ number }) => String(number) === asked);
	return Math.max(found, 0);
}
