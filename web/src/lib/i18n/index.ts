import { en } from './en';

type Catalogue = typeof en;
export type Key = keyof Catalogue;

type Names<S> = S extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never;
type Plural = { readonly one: string; readonly other: string };
type Parameters<K extends Key> = Catalogue[K] extends Plural
	? Names<Catalogue[K]['one'] | Catalogue[K]['other']> | 'n'
	: Names<Catalogue[K]>;
type Arguments<K extends Key> = [Parameters<K>] extends [never]
	? []
	: [values: Record<Parameters<K>, string | number>];

const plural = new Intl.PluralRules('en');
const number = new Intl.NumberFormat('en');

/** The sentence for `key`; a counted one chooses its form by `n`. */
export function t<K extends Key>(key: K, ...[values]: Arguments<K>): string {
	const entry: string | Plural = en[key];
	const given = (values ?? {}) as Record<string, string | number>;
	const form =
		typeof entry === 'string'
			? entry
			: entry[plural.select(Number(given['n'])) === 'one' ? 'one' : 'other'];
	return form.replace(/\{(\w+)\}/g, (_, name: string) => written(given[name]));
}

/** For words the server may add to before this catalogue does. */
export function tOr(key: string, fallback: string): string {
	const entry = (en as Record<string, string | Plural>)[key];
	return typeof entry === 'string' ? entry : fallback;
}

function written(value: string | number | undefined) {
	return typeof value === 'number' ? number.format(value) : (value ?? '');
}
