import { expect, test, type Locator, type Page } from '@playwright/test';
import { FakeModel, INVENTED, MODEL } from './model';
import { holdEnd, MADE_WITHIN } from './runs';
import type { Watched } from './watch';

const OFFICE = 'Parrot in the office';
const DEAD = 'Nobody in the basement';

/**
 * A model writes sentences for the demo data room; then one that is not there is asked. The admin manages models and is
 * no member of the analyst's deal, which has a report already.
 */
export async function modelsStory(admin: Watched, analyst: Watched, company: string) {
	const model = await FakeModel.start();
	try {
		await settingsStory(admin, model);
		await writtenStory(analyst, model, company);
		await sentStory(admin, analyst, model);
		await deadStory(admin, analyst, model);
	} finally {
		await model.stop();
	}
}

async function settingsStory(admin: Watched, model: FakeModel) {
	const { page } = admin;

	await test.step('without a model the settings say what one is for', async () => {
		await page.goto('/settings/models');
		await expect(page.getByRole('heading', { name: 'No language model' })).toBeVisible();
		await admin.looksRight('models-empty');
	});

	await test.step('what is wrong with a new one stands at its field', async () => {
		await page.keyboard.press('n');
		const dialog = page.getByRole('dialog', { name: 'Add a model' });
		await dialog.getByLabel('Name').fill(OFFICE);
		await dialog.getByLabel('Address').fill('127.0.0.1');
		await dialog.getByLabel('Model', { exact: true }).fill(MODEL);
		await dialog.getByRole('radio', { name: 'Local' }).check();
		await dialog.getByRole('button', { name: 'Add and test' }).click();
		await expect(dialog.getByText('Write the whole URL')).toBeVisible();
		await expect(dialog.getByLabel('Address')).toBeFocused();
		await admin.looksRight('models-add');
		await dialog.getByLabel('Address').fill(model.url);
		await dialog.getByRole('button', { name: 'Add and test' }).click();
		await expect(dialog).toBeHidden();
	});

	await test.step('it is tried at once, without a word of a document', async () => {
		await expect(entry(page, OFFICE)).toContainText('Works. It answers.');
		await expect(entry(page, OFFICE)).toContainText('Local');
		await expect(entry(page, OFFICE)).toContainText('no key');
		expect(model.asked).toBe(0);
		await admin.looksRight('models');
	});
}

async function writtenStory(analyst: Watched, model: FakeModel, company: string) {
	const { page } = analyst;

	await test.step('a report is started with its sentences, which can be watched', async () => {
		await page.goto('/deals');
		await page.getByRole('link', { name: company, exact: true }).click();
		await page.getByRole('link', { name: 'Reports', exact: true }).click();
		await expect(page.getByLabel('Sentences by').locator('option:checked')).toHaveText(
			`${OFFICE} (${MODEL}, local)`
		);
		await analyst.looksRight('reports-model');
		// Long enough to be looked at in four ways.
		model.pause = 400;
		const letItEnd = await holdEnd(page);
		await page.getByRole('button', { name: 'Start report' }).click();
		const run = page.getByRole('region', { name: 'The run that goes on' });
		await expect(run).toContainText(`Sentences by ${MODEL} (${OFFICE}, ${model.host})`);
		const prose = run.getByRole('region', { name: 'Sentences as they are written' });
		await expect(prose).toContainText(/ is \S+/, MADE_WITHIN);
		await expect(prose.getByText('failed a check', { exact: false }).first()).toBeVisible(
			MADE_WITHIN
		);
		await expect(run.getByRole('listitem').filter({ hasText: 'Sentences' })).toContainText(
			/\d+ of \d+/
		);
		await analyst.looksRight('run-writing');
		model.pause = 0;
		await letItEnd();
	});

	const section = page.getByRole('region', { name: 'Traction' });

	await test.step('the report says who wrote what, and holds no number of the model', async () => {
		await expect(page).toHaveURL(/\/reports\/2$/, MADE_WITHIN);
		const status = page.getByRole('region', { name: 'What this report is' });
		await expect(status).toContainText(`Code, with sentences of ${MODEL} (${OFFICE}, local)`);
		await expect(status).toContainText(/\d+ kept, \d+ failed a check and were left out/);
		await expect(section).toContainText('Written by a language model');
		await expect(section).toContainText(/\d+ sentences? failed a check and (was|were) left out/);
		await expect(page.locator('body')).not.toContainText(INVENTED);
		await analyst.looksRight('report-written');
	});

	await test.step('what a sentence rests on opens behind it', async () => {
		const source = page.getByRole('complementary', { name: 'Source' });
		const cite = section.locator('p button[data-source]').first();
		await cite.click();
		await expect(source.locator('[data-cited]').first()).toBeInViewport();
		await expect(cite).toBeInViewport();
		await analyst.looksRight('report-written-source');
		await page.keyboard.press('Escape');
		await expect(cite).toBeFocused();
	});
}

async function sentStory(admin: Watched, analyst: Watched, model: FakeModel) {
	await test.step('what was sent is listed call by call, each passage with its place', async () => {
		const { page } = analyst;
		await page.getByRole('link', { name: 'All versions' }).click();
		await page.getByRole('link', { name: 'What was sent' }).click();
		await expect(page).toHaveURL(/\/sent$/);
		await expect(page.getByRole('row').filter({ hasText: model.host })).toHaveCount(model.asked);
		const call = page
			.getByRole('row')
			.filter({ hasText: /[1-9]\d* passages?/ })
			.first();
		await expect(call).toContainText('Answered');
		await call.getByRole('button').click();
		await expect(page.getByText('characters with the question')).toBeVisible();
		await analyst.looksRight('sent');
		await page
			.getByRole('link', { name: /, part \d+$/ })
			.first()
			.click();
		await expect(page).toHaveURL(/\/documents\/[^/]+\?part=\d+$/);
		await page.goBack();
	});

	await test.step('compliance sees the hosts of all deals, and no names of theirs', async () => {
		const { page } = admin;
		await page.getByRole('link', { name: 'What was sent' }).click();
		await expect(page).toHaveURL(/\/sent$/);
		const rows = page.getByRole('row').filter({ hasText: model.host });
		await expect(rows).toHaveCount(model.asked);
		await expect(rows.first()).toContainText('a deal');
		await page
			.getByRole('button', { name: /[1-9]\d* passages?/ })
			.first()
			.click();
		await expect(page.getByText('characters with the question')).toBeVisible();
		await expect(page.getByText('.pdf')).toHaveCount(0);
		await admin.looksRight('sent-fund');
	});
}

async function deadStory(admin: Watched, analyst: Watched, model: FakeModel) {
	const gone = await FakeModel.start();
	const { url, host } = gone;
	await gone.stop();

	await test.step('a model that is not there is told as such', async () => {
		const { page } = admin;
		await page.goto('/settings/models');
		await page.getByRole('button', { name: 'Add a model' }).click();
		const dialog = page.getByRole('dialog', { name: 'Add a model' });
		await dialog.getByLabel('Name').fill(DEAD);
		await dialog.getByLabel('Address').fill(url);
		await dialog.getByLabel('Model', { exact: true }).fill(MODEL);
		await dialog.getByRole('radio', { name: 'Local' }).check();
		await dialog.getByRole('button', { name: 'Add and test' }).click();
		await expect(entry(page, DEAD)).toContainText('Does not work.', MADE_WITHIN);
		await admin.looksRight('models-dead');
	});

	await test.step('the report is made all the same, and says what it is without', async () => {
		const { page } = analyst;
		await versionsAfresh(page);
		await page.getByLabel('Sentences by').selectOption(`${DEAD} (${MODEL}, local)`);
		await page.getByRole('button', { name: 'Start report' }).click();
		await expect(page).toHaveURL(/\/reports\/3$/, MADE_WITHIN);
		const status = page.getByRole('region', { name: 'What this report is' });
		await expect(status).toContainText(`${DEAD} (${host})`);
		await expect(status).toContainText('0 kept');
		await expect(status).toContainText(/\d+ contradictions between the documents/);
		await expect(page.getByText('Written by a language model')).toHaveCount(0);
		await analyst.looksRight('report-without');
	});

	await test.step('one that is not wanted any more is removed once it is clear what that means', async () => {
		const { page } = admin;
		await page.getByRole('button', { name: `Remove ${DEAD}` }).click();
		const dialog = page.getByRole('dialog', { name: `Remove ${DEAD}?` });
		await expect(dialog).toContainText('stay as they are');
		await admin.looksRight('models-remove');
		await dialog.getByRole('button', { name: 'Remove' }).click();
		await expect(entry(page, DEAD)).toHaveCount(0);
	});

	await test.step('an external one needs the owner’s word', async () => {
		const { page } = admin;
		await page.getByRole('button', { name: 'Add a model' }).click();
		const dialog = page.getByRole('dialog', { name: 'Add a model' });
		await dialog.getByLabel('Name').fill('Gateway');
		// A gateway on this machine passes on what it gets, so it is external.
		await dialog.getByLabel('Address').fill(model.url);
		await dialog.getByLabel('Model', { exact: true }).fill('large-2');
		await dialog.getByRole('radio', { name: 'External' }).check();
		await dialog.getByRole('button', { name: 'Add and test' }).click();
		await expect(entry(page, 'Gateway')).toContainText('Works.');

		const { page: own } = analyst;
		await versionsAfresh(own);
		const option = own.getByRole('option', { name: 'Gateway (large-2, external)' });
		await expect(option).toContainText('local models only');
		await expect(option).toBeDisabled();
		await own.getByRole('button', { name: 'Allow external models for this deal' }).click();
		const allow = own.getByRole('dialog', { name: 'Allow external models for this deal?' });
		await expect(allow).toContainText(model.host);
		await analyst.looksRight('allow-external');
		await allow.getByRole('button', { name: 'Allow', exact: true }).click();
		await expect(option).toBeEnabled();
		await own.getByRole('button', { name: 'Take this back' }).click();
		const back = own.getByRole('dialog', { name: 'No external models for this deal any more?' });
		await back.getByRole('button', { name: 'Take back' }).click();
		await expect(option).toBeDisabled();
	});
}

/** The versions of the open report's deal, with the models that there are by now. */
async function versionsAfresh(page: Page) {
	await page.getByRole('link', { name: 'All versions' }).click();
	await expect(page).toHaveURL(/\/reports$/);
	await page.reload();
}

const entry = (page: Page, name: string): Locator =>
	page
		.getByRole('list', { name: 'Language models' })
		.getByRole('listitem')
		.filter({ has: page.getByRole('heading', { name }) });
