import { expect, type Browser, type Page } from '@playwright/test';
import { source, type AxeResults } from 'axe-core';

declare global {
	interface Window {
		axe: { run: (options: object) => Promise<AxeResults> };
		told: (violation: string) => Promise<void>;
	}
}

const SIZES = [
	{ width: 390, height: 844 },
	{ width: 1280, height: 800 }
];

const shots = process.env['VCCONNECT_E2E_SHOTS'];

/** A person's browser, which remembers every breach of the policy and every fault of a page. */
export class Watched {
	readonly faults: string[] = [];

	private constructor(readonly page: Page) {}

	static async open(browser: Browser): Promise<Watched> {
		const context = await browser.newContext();
		const watched = new Watched(await context.newPage());
		await watched.listen();
		return watched;
	}

	private async listen() {
		const { page, faults } = this;
		await page.exposeFunction('told', (violation: string) => void faults.push(violation));
		await page.addInitScript(() => {
			document.addEventListener('securitypolicyviolation', (event) => {
				void window.told(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
			});
		});
		page.on('pageerror', (error) => faults.push(`page: ${error.message}`));
		page.on('console', (message) => {
			if (message.type() !== 'error') return;
			// The browser itself reports refused calls; the story expects those it makes.
			if (message.text().startsWith('Failed to load resource')) return;
			faults.push(`console: ${message.text()}`);
		});
	}

	/** No accessibility fault on what is on screen now, narrow and wide, light and dark; a picture of each. */
	async looksRight(name: string) {
		for (const colorScheme of ['light', 'dark'] as const) {
			await this.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
			await expect(this.page.locator('html')).toHaveAttribute('data-theme', colorScheme);
			for (const size of SIZES) {
				await this.page.setViewportSize(size);
				await this.looksRightHere(`${name}-${size.width}-${colorScheme}`);
			}
		}
		expect(this.faults, `faults up to ${name}`).toEqual([]);
	}

	private async looksRightHere(name: string) {
		if (shots) await this.page.screenshot({ path: `${shots}/${name}.png` });
		const beside = await this.page.evaluate(
			() => document.documentElement.scrollWidth - document.documentElement.clientWidth
		);
		expect(beside, `pixels of ${name} beside the screen`).toBe(0);
		expect(await this.axeFaults(), `axe on ${name}`).toEqual([]);
	}

	private async axeFaults() {
		// By the debugger, which the page's policy does not bind.
		if (!(await this.page.evaluate(() => 'axe' in window))) await this.page.evaluate(source);
		const results = await this.page.evaluate(() => window.axe.run({ resultTypes: ['violations'] }));
		return results.violations.map(
			(each) => `${each.id}: ${each.nodes.map((node) => node.html).join(' | ')}`
		);
	}
}
