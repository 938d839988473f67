import { getContext, setContext } from 'svelte';
import type { Ledger } from './ledger';

/** The report that is open, for what stands in it. */
export interface Reading {
	readonly ledger: Ledger;
	/** Label of the citation or calculation whose source is shown. */
	readonly opened: string | null;
	/** Shows a citation or calculation; `of` is the calculation that one comes from. */
	show: (label: string, of?: string) => void;
}

const KEY = Symbol('reading');

export const provideReading = (reading: () => Reading) => setContext(KEY, reading);
export const useReading = () => getContext<() => Reading>(KEY);
