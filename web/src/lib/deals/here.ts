import { getContext, setContext } from 'svelte';
import type { Deal, DealPatch } from '$lib/api/types';
import type { Uploads } from '$lib/documents/uploads.svelte';

/** The deal whose pages are open. */
export interface DealHere {
	readonly deal: Deal;
	readonly mayEdit: boolean;
	readonly busy: boolean;
	readonly uploads: Uploads;
	change: (patch: DealPatch) => void;
}

const KEY = Symbol('deal');

export const provideDeal = (here: () => DealHere) => setContext(KEY, here);
export const useDeal = () => getContext<() => DealHere>(KEY);
