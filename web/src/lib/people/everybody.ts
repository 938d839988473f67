import { users } from '$lib/api/calls';
import type { User } from '$lib/api/types';

const PAGE = 200;

/** A fund's staff is small enough to be listed whole. */
export async function everybody(): Promise<User[]> {
	const all: User[] = [];
	let cursor: string | undefined;
	do {
		const page = await users.list({ limit: PAGE, cursor });
		all.push(...page.items);
		cursor = page.next_cursor ?? undefined;
	} while (cursor);
	return all;
}
