const PREFIX = 'vcconnect.';

/** A choice this browser keeps; storage may be refused, then it lasts as long as the page. */
export function remembered(name: string): string | null {
	try {
		return localStorage.getItem(PREFIX + name);
	} catch {
		return null;
	}
}

export function remember(name: string, value: string) {
	try {
		localStorage.setItem(PREFIX + name, value);
	} catch {
		return;
	}
}
