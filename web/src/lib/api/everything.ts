import { users } from './calls';

const PAGE = 200;

interface Page<T> {
	items: T[];
	next_cursor?: string | null;
}

async function all<T>(list: (query: { limit: number; cursor?: string }) => Promise<Page<T>>) {
	const items: T[] = [];
	let cursor: string | null | undefined;
	do {
		const page = await list({ limit: PAGE, ...(cursor && { cursor }) });
		items.push(...page.items);
		cursor = page.next_cursor;
	} while (cursor);
	return items;
}

/** A fund's staff is small enough to be listed whole. */
export const everybody = () => all(users.list);
