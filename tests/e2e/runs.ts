import type { Page } from '@playwright/test';

/** A run starts a confined program for each document, an export one for the file. */
export const MADE_WITHIN = { timeout: 60_000 };

/**
 * Keeps the end of runs from the page until the answer is called: the demo data room is judged within seconds, which is
 * too short to look at it.
 */
export async function holdEnd(page: Page): Promise<() => Promise<void>> {
	let release = () => {};
	const released = new Promise<void>((resolve) => (release = resolve));
	const list = /\/runs\?/;
	await page.route(list, async (route) => {
		await released;
		await route.continue();
	});
	await page.evaluate(() => {
		const { prototype } = EventSource;
		const own = Object.getOwnPropertyDescriptor(prototype, 'onmessage');
		const end = new Promise((resolve) => document.addEventListener('let-it-end', resolve));
		Object.defineProperty(prototype, 'onmessage', {
			...own,
			set(this: EventSource, hear: (message: MessageEvent<string>) => void) {
				own?.set?.call(this, (message: MessageEvent<string>) => {
					if (message.data.includes('"ended"')) void end.then(() => hear(message));
					else hear(message);
				});
			}
		});
	});
	return async () => {
		release();
		await page.unroute(list);
		await page.evaluate(() => document.dispatchEvent(new Event('let-it-end')));
	};
}
