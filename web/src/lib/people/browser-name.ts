// Edge and Opera also call themselves Chrome, and Chrome calls itself Safari: the order decides.
const BROWSERS: [string, RegExp][] = [
	['Edge', /Edg\//],
	['Opera', /OPR\//],
	['Firefox', /Firefox\//],
	['Chrome', /(Headless)?Chrome\//],
	['Safari', /Safari\//]
];
const SYSTEMS: [string, RegExp][] = [
	['iOS', /iPhone|iPad/],
	['Android', /Android/],
	['Windows', /Windows/],
	['macOS', /Mac OS X|Macintosh/],
	['Linux', /Linux|X11/]
];

/** "Firefox on Linux" out of what a browser says of itself; anything else stays as it is. */
export function browserName(client: string): string {
	const known = (list: [string, RegExp][]) => list.find(([, sign]) => sign.test(client))?.[0];
	const browser = known(BROWSERS);
	const system = known(SYSTEMS);
	if (!browser) return client;
	return system ? `${browser} on ${system}` : browser;
}
