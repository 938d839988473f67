import { readFileSync } from 'node:fs';
import { expect, test, type Locator, type Page } from '@playwright/test';
import { holdEnd, MADE_WITHIN } from './runs';
import type { Watched } from './watch';

const DECK = 'Northwind pitch deck.pdf';
const MODEL = 'Northwind financial model.xlsx';
const PHRASE = 'the last word on what transport costs';

/** The report on the demo data room: made, read to its sources, taken along, found again. A page of the deal is open. */
export async function reportsStory(watched: Watched, company: string) {
	const { page } = watched;

	await test.step('a report is started and told as it is made', async () => {
		await page.getByRole('link', { name: 'Reports', exact: true }).click();
		await expect(page.getByRole('heading', { name: 'No report yet' })).toBeVisible();
		await watched.looksRight('reports-empty');
		const letItEnd = await holdEnd(page);
		await page.getByRole('button', { name: 'Start report' }).click();
		const run = page.getByRole('region', { name: 'The run that goes on' });
		await expect(run.getByRole('heading', { name: 'A report is being made' })).toBeFocused();
		await expect(run.getByRole('listitem').filter({ hasText: 'Documents read' })).toContainText(
			'6 of 6',
			MADE_WITHIN
		);
		await expect(run.getByRole('listitem').filter({ hasText: DECK })).toContainText(
			/\d+ figures/,
			MADE_WITHIN
		);
		await expect(run.getByRole('row', { name: /Runway/ })).not.toHaveCount(0);
		await expect(run.getByText('Sections ready')).toBeVisible(MADE_WITHIN);
		await watched.looksRight('run');
		await letItEnd();
	});

	await test.step('it leads to its first version, which says what it is and where documents disagree', async () => {
		await expect(page).toHaveURL(/\/reports\/1$/, MADE_WITHIN);
		const status = page.getByRole('region', { name: 'What this report is' });
		await expect(status).toContainText(/\d+ contradictions between the documents/);
		await expect(status).toContainText(/\d+ of \d+ figures found/);
		const disagreeing = page.getByRole('region', { name: 'Documents disagree' });
		await expect(disagreeing).toContainText('Runway');
		await expect(disagreeing).toContainText('Contradicted');
		await watched.looksRight('report');
	});

	const source = page.getByRole('complementary', { name: 'Source' });

	await test.step('a number of the deck shows its page with a box around it', async () => {
		const cite = citeOf(page, DECK);
		await cite.click();
		await expect(source.getByRole('heading', { name: DECK })).toBeFocused();
		await expect(source.locator('svg image')).toHaveAttribute('href', /^blob:/);
		await expect(source.locator('svg [data-cited]').first()).toBeInViewport();
		await watched.looksRight('report-source-page');
		await page.keyboard.press('Escape');
		await expect(source.locator('[data-cited]')).toHaveCount(0);
		await expect(cite).toBeFocused();
		await expect(page).toHaveURL(/\/reports\/1$/);
	});

	await test.step('a number of the model shows its cell; the next one is a key away', async () => {
		const cite = citeOf(page, MODEL);
		await cite.click();
		await expect(source.getByRole('heading', { name: MODEL })).toBeFocused();
		const cell = source.locator('td[data-cited]');
		await expect(cell).toBeInViewport();
		await expect(cell).toContainText(/\d/);
		await watched.looksRight('report-source-cell');
		await page.keyboard.press('Escape');
		await expect(cite).toBeFocused();
		await page.keyboard.press('n');
		await expect(page).toHaveURL(/\?cite=E1$/);
		await page.keyboard.press('Escape');
		await expect(page).toHaveURL(/\/reports\/1$/);
	});

	await test.step('on a phone the cell lies over the text', async () => {
		await page.setViewportSize({ width: 390, height: 844 });
		const cite = citeOf(page, MODEL);
		await cite.click();
		const sheet = page.getByRole('dialog', { name: 'Source' });
		await expect(sheet.getByRole('heading', { name: MODEL })).toBeFocused();
		await expect(sheet.locator('td[data-cited]')).toBeInViewport();
		await page.keyboard.press('Escape');
		await expect(sheet).toHaveCount(0);
		await expect(cite).toBeFocused();
		await page.setViewportSize({ width: 1280, height: 800 });
	});

	await test.step('a figure that was recomputed shows of what, and each of them its place', async () => {
		const figure = page.getByRole('button', { name: /^How .* was recomputed$/ }).first();
		await figure.click();
		await expect(source.getByRole('heading', { name: /, recomputed$/ })).toBeFocused();
		await watched.looksRight('report-calc');
		await source
			.getByRole('button', { name: /^Source \d/ })
			.first()
			.click();
		await expect(source.locator('[data-cited]').first()).toBeInViewport();
		await page.keyboard.press('Escape');
		await expect(figure).toBeFocused();
	});

	await test.step('it is taken along as files', async () => {
		const paper = await exported(page, 'PDF', 'pdf');
		expect(paper.subarray(0, 5).toString('latin1')).toBe('%PDF-');
		const tree: unknown = JSON.parse((await exported(page, 'JSON', 'json')).toString('utf8'));
		expect(tree).toMatchObject({ company });
		await page.getByRole('button', { name: 'Export' }).click();
		await watched.looksRight('report-exports');
		await page.keyboard.press('Escape');
	});

	await test.step('the overview names the version', async () => {
		await page.getByRole('link', { name: 'Overview' }).click();
		const box = page.getByRole('region', { name: 'Report', exact: true });
		await expect(box.getByRole('link', { name: 'Version 1' })).toBeVisible();
		await expect(box).toContainText('Contradictions');
		await watched.looksRight('deal-report');
	});

	await test.step('without anything new there is no new version', async () => {
		await page.getByRole('button', { name: 'Start report' }).click();
		await expect(page).toHaveURL(/\/reports$/);
		await expect(page.getByText('Nothing has changed since version 1')).toBeVisible(MADE_WITHIN);
		await expect(page.getByText('1 version', { exact: true })).toBeVisible();
		await watched.looksRight('reports');
	});

	await searchStory(watched, company);
}

async function searchStory(watched: Watched, company: string) {
	const { page } = watched;

	await test.step('a phrase of the deck is found wherever one is', async () => {
		await page.getByRole('navigation', { name: 'Main' }).getByText('Deals').click();
		await expect(page).toHaveURL(/\/deals$/);
		await page.goto('/search');
		await expect(page.getByRole('searchbox')).toBeFocused();
		await watched.looksRight('search-start');
		await page.keyboard.type(`"${PHRASE}"`);
		await expect(hit(page, DECK)).toBeVisible();
		await expect(hit(page, DECK).locator('mark').first()).toBeVisible();
		await watched.looksRight('search');
	});

	await test.step('a hit opens its page with the words marked, and Back leads to it', async () => {
		await page.keyboard.press('ArrowDown');
		await page.keyboard.press('Enter');
		await expect(page.getByRole('heading', { name: DECK })).toBeVisible();
		await expect(page).toHaveURL(/\?part=2&at=\d+-\d+$/);
		await expect(page.locator('svg [data-cited]').first()).toBeInViewport();
		await watched.looksRight('search-opened');
		await page.goBack();
		await expect(hit(page, DECK).getByRole('link')).toBeFocused();
	});

	await test.step('a search within the deal finds its report too', async () => {
		await page.getByRole('link', { name: /^Only this deal/ }).click();
		await expect(page).toHaveURL(/[?&]deal=/);
		await expect(page.getByRole('link', { name: `In ${company}` })).toBeVisible();
		await page.getByRole('searchbox').fill('runway');
		await expect(hit(page, 'Report, version 1').first()).toBeVisible();
		await page.getByRole('link', { name: 'Workbooks' }).click();
		await expect(page).toHaveURL(/[?&]kind=xlsx/);
		await expect(hit(page, MODEL).first()).toBeVisible();
		await expect(hit(page, 'Report, version 1')).toHaveCount(0);
		await watched.looksRight('search-deal');
		await page.getByRole('searchbox').fill('zeppelin');
		await expect(page.getByRole('heading', { name: 'Nothing found' })).toBeVisible();
		await watched.looksRight('search-none');
	});
}

/** The first citation of a document in the text. */
const citeOf = (page: Page, file: string): Locator =>
	page
		.locator('article button[data-cite]')
		.and(page.getByTitle(`: ${file}, `))
		.first();

const hit = (page: Page, title: string): Locator =>
	page
		.getByRole('region', { name: 'Results' })
		.getByRole('listitem')
		.filter({ has: page.getByRole('link', { name: title }) });

async function exported(page: Page, format: string, ending: string): Promise<Buffer> {
	await page.getByRole('button', { name: 'Export' }).click();
	await page.getByRole('button', { name: `${format} Make` }).click();
	const link = page.getByRole('link', { name: new RegExp(`Download the ${format} file`) });
	await expect(link).toBeVisible(MADE_WITHIN);
	const download = page.waitForEvent('download');
	await link.click();
	const file = await download;
	expect(file.suggestedFilename()).toMatch(new RegExp(`\\.${ending}$`));
	return readFileSync(await file.path());
}
