/** Entries whose title holds every typed word, those starting with the first word before the rest. */
export function matching<T extends { title: string }>(entries: T[], typed: string): T[] {
	const words = plain(typed).split(/\s+/).filter(Boolean);
	const [first] = words;
	if (first === undefined) return entries;
	const held = entries.filter((entry) => words.every((word) => plain(entry.title).includes(word)));
	const leads = (entry: T) => (plain(entry.title).startsWith(first) ? 0 : 1);
	return held.sort((a, b) => leads(a) - leads(b));
}

/** The option a key leads to, round the ends; undefined where the key is not one of the list's. */
export function moved(key: string, at: number, count: number): number | undefined {
	if (count === 0) return undefined;
	switch (key) {
		case 'ArrowDown':
			return (at + 1) % count;
		case 'ArrowUp':
			return (at - 1 + count) % count;
		case 'PageDown':
			return Math.min(at + 8, count - 1);
		case 'PageUp':
			return Math.max(at - 8, 0);
		default:
			return undefined;
	}
}

function plain(text: string) {
	return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}
