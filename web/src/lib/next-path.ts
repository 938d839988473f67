import type { Standing } from './api/types';

const HOME = '/deals';

/** Where to go after signing in: a path of this site, whatever the address bar was made to say. */
export function nextPath(asked: string | null, origin = location.origin): string {
	if (!asked?.startsWith('/')) return HOME;
	try {
		const url = new URL(asked, origin);
		const elsewhere = url.origin !== origin || url.pathname.startsWith('/login');
		return elsewhere ? HOME : url.pathname + url.search + url.hash;
	} catch {
		return HOME;
	}
}

/** The pages on the way in, by what the server says is missing. */
const PAGES = {
	signed_out: '/login',
	second_factor_required: '/login/code',
	second_factor_setup_required: '/login/second-factor'
} as const;

export type Missing = keyof typeof PAGES;

export function isMissing(code: string): code is Missing {
	return code in PAGES;
}

/** The page where what is missing is given, with the way back. */
export function wayIn(missing: Missing, from: URL): string {
	return withNext(PAGES[missing], from.pathname + from.search);
}

/** What the server asks for after the password or the invitation, with the way on; or where one wanted to go. */
export function wayOn(standing: Standing, next: string): string {
	if (standing === 'code_needed') return withNext(PAGES.second_factor_required, next);
	if (standing === 'set_up_needed') return withNext(PAGES.second_factor_setup_required, next);
	return next;
}

function withNext(page: string, next: string) {
	return next === '/' || next === HOME ? page : `${page}?next=${encodeURIComponent(next)}`;
}
