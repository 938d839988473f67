import { getContext, setContext } from 'svelte';
import type { Me, Permission } from './api/types';

const KEY = Symbol('me');

/** Who is signed in, for every page below the shell. */
export function provideMe(me: () => Me) {
	setContext(KEY, me);
}

export function useMe() {
	const me = getContext<() => Me>(KEY);
	return {
		get user() {
			return me().user;
		},
		get session() {
			return me().session;
		},
		may: (permission: Permission) => me().permissions.includes(permission)
	};
}
