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

export function loginPath(from: URL): string {
	const next = from.pathname + from.search;
	return next === '/' || next === HOME ? '/login' : `/login?next=${encodeURIComponent(next)}`;
}
