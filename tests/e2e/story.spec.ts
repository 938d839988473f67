import { expect, test, type Page } from '@playwright/test';
import { demoStory, documentsStory } from './documents';
import { modelsStory } from './models';
import { reportsStory } from './reports';
import type { Authenticator } from './authenticator';
import { codeStory, helpStory, setUpFactor } from './sign-in';
import { Watched } from './watch';

const PASSWORD = 'violet granite otter lantern';
const NEW_PASSWORD = 'copper estuary thimble ninety';
const CSV = [
	'name,industry,stage',
	'Kelp & Co,climate,screening',
	'Halden Robotics,deeptech,inbox',
	'Brightwater,cheese,inbox',
	''
].join('\n');

test('a fund starts its desk, brings its deals and lets a colleague in', async ({ browser }) => {
	const admin = await Watched.open(browser);
	const { page } = admin;
	let deal = '';
	let invitation = '';
	let authenticator: Authenticator;

	await test.step('the first admin opens the link and chooses a password', async () => {
		await page.goto(firstAdminLink());
		await expect(page.getByRole('heading', { name: 'Welcome' })).toBeVisible();
		await page.getByLabel('Your name').fill('Ada Keller');
		await page.getByLabel('E-mail').fill('ada@fund.example');
		await page.getByLabel('Password').fill('short');
		await expect(page.getByText('7 more characters needed.')).toBeVisible();
		await page.getByLabel('Password').fill(PASSWORD);
		await admin.looksRight('welcome');
		await page.getByRole('button', { name: 'Create the account' }).click();
	});

	await test.step('an admin sets up a second factor before anything else', async () => {
		await expect(page.getByRole('heading', { name: 'Set up a second factor' })).toBeVisible();
		await page.goto('/settings/people');
		await expect(page).toHaveURL(/\/login\/second-factor\?next=/);
		await page.goto('/login/second-factor');
		authenticator = await setUpFactor(admin, page, 'factor');
		await expect(page.getByRole('heading', { name: 'No deals yet' })).toBeVisible();
		await admin.looksRight('deals-empty');
	});

	await test.step('scripts come compressed and are never asked for again', async () => {
		const script = await page.locator('link[rel="modulepreload"]').first().getAttribute('href');
		const answer = await page.request.get(script ?? '');
		expect(answer.headers()).toMatchObject({
			'cache-control': 'public, max-age=31536000, immutable',
			'content-encoding': 'br'
		});
	});

	await test.step('a used link says what to do', async () => {
		const late = await Watched.open(browser);
		await late.page.goto(firstAdminLink());
		await expect(late.page.getByText('Ask your admin for a new link')).toBeVisible();
		await late.looksRight('welcome-used');
		await late.page.context().close();
	});

	await test.step('a new deal stands in the list', async () => {
		await page.keyboard.press('n');
		const dialog = page.getByRole('dialog', { name: 'New deal' });
		await expect(dialog.getByLabel('Company')).toBeFocused();
		await admin.looksRight('new-deal');
		await page.keyboard.type('Northwind');
		await dialog.getByLabel('Industry').selectOption('SaaS');
		await dialog.getByRole('button', { name: 'Create deal' }).click();
		await expect(dialog).toBeHidden();
		await expect(row(page, 'Northwind')).toContainText('Inbox');
		await expect(row(page, 'Northwind')).toContainText('Ada Keller');
	});

	await test.step('it is opened by keyboard, renamed and moved on', async () => {
		await page.keyboard.press('j');
		await page.keyboard.press('Enter');
		await expect(page.getByRole('heading', { name: 'Northwind' })).toBeVisible();
		deal = page.url();
		await page.getByRole('button', { name: 'Rename' }).click();
		await page.getByLabel('Company name').fill('Northwind Analytics');
		await page.keyboard.press('Enter');
		await expect(page.getByRole('heading', { name: 'Northwind Analytics' })).toBeVisible();
		await page.getByLabel('Stage').selectOption('Screening');
		await expect(page.getByText('Northwind Analytics moved to Screening.')).toBeVisible();
		await admin.looksRight('deal');
	});

	await documentsStory(admin, 'Northwind Analytics');
	await page.goto(deal);

	await test.step('the last owner cannot leave', async () => {
		await page.getByRole('button', { name: 'Remove Ada Keller' }).click();
		await expect(page.getByRole('alert').filter({ hasText: 'owner' })).toBeVisible();
	});

	await test.step('a CSV file is checked, its bad row refused, the rest imported', async () => {
		await page.getByRole('navigation', { name: 'Main' }).getByText('Deals').click();
		await page.getByRole('button', { name: 'Import CSV' }).click();
		const dialog = page.getByRole('dialog', { name: 'Import deals' });
		await admin.looksRight('import');
		await dialog.locator('input[type=file]').setInputFiles({
			name: 'pipeline.csv',
			mimeType: 'text/csv',
			buffer: Buffer.from(CSV)
		});
		await expect(dialog.getByText('separated by comma')).toBeVisible();
		await expect(dialog.getByRole('row').nth(1)).toContainText('Brightwater');
		await expect(dialog.getByRole('row').nth(1)).toContainText('cheese');
		await admin.looksRight('import-checked');
		await dialog.getByRole('button', { name: 'Import 2 deals (1 row refused)' }).click();
		await expect(page.getByText('2 deals imported.')).toBeVisible();
		await expect(page.getByText('Showing 3 of 3')).toBeVisible();
		await admin.looksRight('deals');
	});

	await test.step('search, filters and order live in the address', async () => {
		await page.keyboard.press('/');
		await page.keyboard.type('kelp');
		await expect(page).toHaveURL(/\?q=kelp$/);
		await expect(page.getByText('Showing 1 of 1')).toBeVisible();
		await page.getByRole('searchbox').fill('');
		await expect(page).toHaveURL(/\/deals$/);
		await page.getByRole('link', { name: /^Screening/ }).click();
		await expect(page).toHaveURL(/\?stage=screening$/);
		await page.getByRole('combobox', { name: 'Industry' }).selectOption('Climate');
		await expect(page).toHaveURL(/stage=screening&industry=climate$/);
		await page.reload();
		await expect(page.getByText('Showing 1 of 1')).toBeVisible();
		await page.goBack();
		await expect(page.getByText('Showing 2 of 2')).toBeVisible();
		await page.getByRole('link', { name: 'Company' }).click();
		await expect(page).toHaveURL(/sort=name/);
		await page.goto('/deals?q=nobody');
		await expect(page.getByRole('heading', { name: 'No deal matches' })).toBeVisible();
		await admin.looksRight('deals-unmatched');
	});

	await test.step('shortcuts can be seen and turned off', async () => {
		await page.keyboard.press('?');
		const sheet = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
		await expect(sheet).toBeVisible();
		await admin.looksRight('keys');
		await sheet.getByRole('checkbox').uncheck();
		await page.keyboard.press('Escape');
		await expect(sheet).toBeHidden();
		await page.keyboard.press('n');
		await expect(page.getByRole('dialog')).toHaveCount(0);
		await page.getByRole('button', { name: 'Account of Ada Keller' }).click();
		await admin.looksRight('account');
		await page.getByRole('button', { name: 'Keyboard shortcuts' }).click();
		await sheet.getByRole('checkbox').check();
		await page.keyboard.press('Escape');
	});

	await test.step('the palette opens a deal by its name', async () => {
		await page.keyboard.press('Control+k');
		await expect(page.getByRole('combobox', { name: 'Search and commands' })).toBeFocused();
		const list = page.getByRole('listbox', { name: 'Search and commands' });
		await expect(list.getByRole('option', { name: /Northwind/ })).toBeVisible();
		await admin.looksRight('palette');
		await page.keyboard.type('northw');
		await expect(list.getByRole('option', { selected: true })).toContainText('Northwind Analytics');
		await expect(list.getByRole('option')).toHaveCount(1);
		await page.keyboard.press('Enter');
		await expect(page).toHaveURL(deal);
	});

	await test.step('an analyst is invited', async () => {
		await page.getByRole('navigation', { name: 'Main' }).getByText('Settings').click();
		await expect(page).toHaveURL(/\/settings\/people$/);
		await page.getByRole('button', { name: 'Invite somebody' }).click();
		const dialog = page.getByRole('dialog', { name: 'Invite somebody' });
		await dialog.getByLabel('Role').selectOption('Analyst');
		await admin.looksRight('invite');
		await dialog.getByRole('button', { name: 'Make the link' }).click();
		invitation = await dialog.getByLabel('Invitation link').inputValue();
		await admin.looksRight('invite-link');
		await dialog.getByRole('button', { name: 'Done' }).click();
		await expect(page.getByRole('row', { name: /Whoever has the link/ })).toBeVisible();
	});

	const analyst = await Watched.open(browser);

	await test.step('the analyst comes in and sees no deal, not even by its address', async () => {
		await analyst.page.goto(invitation);
		await analyst.page.getByLabel('Your name').fill('Ben Ito');
		await analyst.page.getByLabel('E-mail').fill('ben@fund.example');
		await analyst.page.getByLabel('Password').fill(PASSWORD);
		await analyst.page.getByRole('button', { name: 'Create the account' }).click();
		await expect(analyst.page.getByRole('heading', { name: 'No deals yet' })).toBeVisible();
		await analyst.page.goto(deal);
		await expect(analyst.page.getByRole('heading', { name: 'Not here' })).toBeVisible();
		await expect(analyst.page.getByText('or not yours to open')).toBeVisible();
		await analyst.looksRight('absent');
		await analyst.page.goto('/settings/people');
		await expect(analyst.page.getByRole('heading', { name: 'Not here' })).toBeVisible();
	});

	await test.step('the analyst tries the desk with the demo data room', async () => {
		await analyst.page.goto('/deals');
		await demoStory(analyst);
	});

	await reportsStory(analyst, 'Northwind Analytics (demo)');
	await modelsStory(admin, analyst, 'Northwind Analytics (demo)');

	await test.step('added as a reader, the analyst sees the deal and cannot change it', async () => {
		await page.goto(deal);
		await page.getByLabel('Person').selectOption('Ben Ito · Analyst');
		await page.getByRole('button', { name: 'Add', exact: true }).click();
		await expect(page.getByText('Ben Ito was added.')).toBeVisible();
		await admin.looksRight('deal-members');
		await analyst.page.goto('/deals');
		await row(analyst.page, 'Northwind Analytics').getByRole('link').click();
		await expect(analyst.page.getByText('You may read this deal')).toBeVisible();
		await expect(analyst.page.getByRole('button', { name: 'Rename' })).toHaveCount(0);
		await analyst.looksRight('deal-reader');
		await analyst.page.getByRole('link', { name: 'Documents', exact: true }).click();
		await expect(analyst.page.getByRole('link', { name: 'Download Revenue.csv' })).toBeVisible();
		await expect(analyst.page.getByRole('button', { name: /^(Remove|Read|Choose)/ })).toHaveCount(
			0
		);
		await analyst.looksRight('documents-reader');
	});

	await test.step('a change made elsewhere meanwhile is shown, not overwritten', async () => {
		const second = await page.context().newPage();
		await second.goto(deal);
		await second.getByLabel('Industry').selectOption('AI');
		await expect(second.getByText('Saved.')).toBeVisible();
		await second.close();
		await page.getByLabel('Stage').selectOption('Diligence');
		await expect(page.getByText('Somebody changed this meanwhile')).toBeVisible();
		await expect(page.getByLabel('Industry')).toHaveValue('ai');
		await expect(page.getByLabel('Stage')).toHaveValue('screening');
	});

	await test.step('people, sessions and the audit log can be read', async () => {
		await page.goto('/settings/people');
		await page.getByRole('button', { name: 'Disable Ben Ito' }).click();
		await expect(page.getByRole('dialog', { name: 'Disable Ben Ito?' })).toBeVisible();
		await admin.looksRight('disable');
		await page.keyboard.press('Escape');
		await admin.looksRight('people');
		await page.getByRole('link', { name: 'My sign-in' }).click();
		await expect(page.getByText('This one')).toBeVisible();
		await page.getByLabel('Current password').fill(PASSWORD);
		await page.getByLabel('New password').fill(NEW_PASSWORD);
		await admin.looksRight('sessions');
		await page.getByRole('button', { name: 'Change password' }).click();
		await expect(page.getByText('The password was changed.')).toBeVisible();
		await page.getByRole('link', { name: 'Audit log' }).click();
		await expect(page.getByRole('row').filter({ hasText: 'Ada Keller' })).not.toHaveCount(0);
		await expect(page.getByRole('row').filter({ hasText: 'Ben Ito' })).not.toHaveCount(0);
		await loadAll(page);
		for (const told of ['role reader for Ben Ito', 'industry AI', 'renamed', 'moved to Screening'])
			await expect(row(page, 'Northwind Analytics').filter({ hasText: told })).toHaveCount(1);
		await expect(
			page.getByRole('cell', { name: /^Language model tested.*parrot-1/ })
		).not.toHaveCount(0);
		for (const told of ['allowed', 'not allowed any more'])
			await expect(
				page.getByRole('cell', { name: `External models set for a deal ${told}`, exact: true })
			).toHaveCount(1);
		await expect(page.getByText('false')).toHaveCount(0);
		await expect(page.getByRole('cell', { name: /^Document (added|removed)/ })).not.toHaveCount(0);
		await admin.looksRight('audit');
	});

	await test.step('the description of the API is the server’s own page', async () => {
		await analyst.page.goto('/settings');
		await expect(analyst.page.getByRole('link', { name: 'openapi.json' })).toBeVisible();
		await analyst.page.getByRole('link', { name: 'API', exact: true }).click();
		await expect(analyst.page).toHaveURL(/\/api\/docs\/$/);
		await expect(analyst.page.getByText('/api/v1/deals/import')).toBeVisible();
	});

	await test.step('signed out, the way back leads through the sign-in', async () => {
		await page.getByRole('button', { name: 'Account of Ada Keller' }).click();
		await page.getByRole('button', { name: 'Sign out' }).click();
		await expect(page).toHaveURL(/\/login$/);
		await page.goto(deal);
		await expect(page).toHaveURL(/\/login\?next=/);
		await page.getByLabel('E-mail').fill('ada@fund.example');
		await page.getByLabel('Password').fill('not the password');
		await page.getByRole('button', { name: 'Sign in' }).click();
		await expect(page.getByRole('alert').filter({ hasText: /\w/ })).toBeVisible();
		await admin.looksRight('login');
		await page.getByLabel('Password').fill(NEW_PASSWORD);
		await page.getByRole('button', { name: 'Sign in' }).click();
		await codeStory(admin, authenticator, NEW_PASSWORD, deal);
		await expect(page.getByRole('heading', { name: 'Northwind Analytics' })).toBeVisible();
	});

	await helpStory(admin, analyst, NEW_PASSWORD);

	expect(admin.faults).toEqual([]);
	expect(analyst.faults).toEqual([]);
});

function firstAdminLink() {
	const link = process.env['VCCONNECT_E2E_FIRST_ADMIN_LINK'];
	if (!link) throw new Error('VCCONNECT_E2E_FIRST_ADMIN_LINK names no link');
	return link;
}

async function loadAll(page: Page) {
	const more = page.getByRole('button', { name: 'Load more' });
	while (await more.isVisible()) {
		const rows = await page.getByRole('row').count();
		await more.click();
		await expect(page.getByRole('row')).not.toHaveCount(rows);
	}
}

function row(page: Page, company: string) {
	return page
		.getByRole('row')
		.filter({ has: page.getByRole('link', { name: company, exact: true }) });
}
