import { createQuery } from '@tanstack/svelte-query';
import { everybody } from '$lib/api/everything';
import { useMe } from '$lib/me';

export interface Names {
	person: (id: string) => string | undefined;
}

/** What the ids of an entry stand for, as far as the reader may see it. */
export function useNames(): Names {
	const me = useMe();
	const people = createQuery(() => ({
		queryKey: ['users', 'everybody'],
		queryFn: everybody,
		enabled: me.may('users_read')
	}));
	return {
		person: (id) => people.data?.find((each) => each.id === id)?.name
	};
}

/** Enough of an id to tell it from its neighbours; the beginning is only the time. */
export const shortId = (id: string) => id.slice(-6);
