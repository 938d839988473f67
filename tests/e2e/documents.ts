import { expect, test, type Locator, type Page } from '@playwright/test';
import { FILE_PASSWORD, makeDataRoom, PDF_WORDS } from './fixtures';
import type { Watched } from './watch';

/** A reading starts a confined program and its tools. */
const READ_WITHIN = { timeout: 60_000 };

/** The documents of a deal, from the empty tab to a word on a page. The deal's page is open. */
export async function documentsStory(admin: Watched, company: string) {
	const { page } = admin;

	await test.step('the documents tab of a new deal says what to do', async () => {
		await page.getByRole('link', { name: 'Documents', exact: true }).click();
		await expect(page).toHaveURL(/\/documents$/);
		await expect(page.getByRole('heading', { name: 'No documents yet' })).toBeVisible();
		await admin.looksRight('documents-empty');
	});

	await test.step('a folder is dropped on the page; what is no document is refused and stops nothing', async () => {
		await dropFolder(page, makeDataRoom(test.info().outputPath()), async () => {
			await expect(page.getByText(`Drop to add to ${company}`)).toBeVisible();
			await admin.looksRight('documents-drop');
		});
		await expect(page.getByText('2 files were not added')).toBeVisible();
		await expect(page.getByText('1 system file left out.')).toBeVisible();
		for (const name of ['Not a document.pdf', 'Nothing.csv'])
			await expect(page.getByRole('listitem').filter({ hasText: name })).toContainText(
				'not stored'
			);
		await expect(row(page, 'Revenue.csv')).toBeVisible();
	});

	await test.step('every document comes to rest', async () => {
		await expect(page.getByText('3 documents, all at rest, 1 needs its password')).toBeVisible(
			READ_WITHIN
		);
		await expect(row(page, 'Renewal.pdf')).toContainText('Read 1 page');
		await expect(row(page, 'Revenue.csv')).toContainText('Read 1 sheet');
		await admin.looksRight('documents');
		await page.getByRole('button', { name: 'Dismiss all' }).click();
		await expect(page.getByText('2 files were not added')).toBeHidden();
	});

	await test.step('a folder is closed and opened', async () => {
		const folder = page.getByRole('button', { name: /^Finance/ });
		await folder.click();
		await expect(row(page, 'Revenue.csv')).toBeHidden();
		await folder.click();
		await expect(row(page, 'Revenue.csv')).toBeVisible();
	});

	await test.step('the same file again is told calmly', async () => {
		await page.locator('input[type=file][multiple]').setInputFiles({
			name: 'Revenue copy.csv',
			mimeType: 'text/csv',
			buffer: Buffer.from('Month,Revenue\nJanuary,1200\nFebruary,1350\nMarch,1500\n')
		});
		await expect(page.getByText('which is here already')).toBeVisible();
		await page.getByRole('button', { name: 'Dismiss', exact: true }).click();
	});

	await test.step('a locked file asks for its password until it is the right one', async () => {
		const locked = row(page, 'Locked.pdf');
		const field = locked.getByLabel('Password of Locked.pdf');
		await field.fill('wrong');
		await locked.getByRole('button', { name: 'Unlock' }).click();
		await expect(field).toHaveValue('');
		await expect(locked).toContainText('This password does not open it', READ_WITHIN);
		await field.fill(FILE_PASSWORD);
		await field.press('Enter');
		await expect(locked).toContainText('Read 1 page', READ_WITHIN);
	});

	await test.step('a document is read again', async () => {
		await page.getByRole('button', { name: 'Read Revenue.csv again' }).click();
		await expect(page.getByText('Revenue.csv is read again.')).toBeVisible();
		await expect(page.getByText('3 documents, all at rest')).toBeVisible(READ_WITHIN);
	});

	await test.step('a page shows its words, by keyboard there and back', async () => {
		await row(page, 'Renewal.pdf').getByRole('link', { name: 'Renewal.pdf', exact: true }).focus();
		await page.keyboard.press('Enter');
		await expect(page.getByRole('heading', { name: 'Renewal.pdf' })).toBeVisible();
		const surface = page.getByRole('group', { name: 'The words where they stand' });
		for (const word of PDF_WORDS.split(' '))
			await expect(surface.getByText(word, { exact: true })).toBeVisible();
		await admin.looksRight('document-page');
		await page.keyboard.press('?');
		await expect(page.getByRole('dialog').getByText('Back to the documents')).toBeVisible();
		await page.keyboard.press('Escape');
		await expect(page.getByRole('dialog')).toHaveCount(0);
		await page.keyboard.press('Control+k');
		await page.keyboard.type('back to the doc');
		const back = page.getByRole('option', { name: 'Back to the documents', selected: true });
		await expect(back).toBeVisible();
		await page.keyboard.press('Enter');
		await expect(page).toHaveURL(/\/documents$/);
	});

	await test.step('a sheet shows its cells', async () => {
		await row(page, 'Revenue.csv').getByRole('link', { name: 'Revenue.csv', exact: true }).click();
		await page.getByRole('gridcell', { name: 'Revenue' }).click();
		await page.keyboard.press('ArrowDown');
		await expect(page.getByRole('gridcell', { name: '1200' })).toBeFocused();
		await admin.looksRight('document-sheet');
		await page.goBack();
	});

	await test.step('the file comes back as it was', async () => {
		const download = page.waitForEvent('download');
		await page.getByRole('link', { name: 'Download Revenue.csv' }).click();
		expect((await download).suggestedFilename()).toBe('Revenue.csv');
	});

	await test.step('a document is removed once it is clear what is lost', async () => {
		await page.getByRole('button', { name: 'Remove Locked.pdf' }).click();
		const dialog = page.getByRole('dialog', { name: 'Remove this document?' });
		await expect(dialog).toContainText('Locked.pdf');
		await admin.looksRight('document-remove');
		await dialog.getByRole('button', { name: 'Remove' }).click();
		await expect(page.getByText('2 documents, all at rest')).toBeVisible();
		await expect(row(page, 'Locked.pdf')).toHaveCount(0);
	});
}

/** Somebody tries the desk with the made-up company. Their page of deals is open and empty. */
export async function demoStory(watched: Watched) {
	const { page } = watched;
	await page.getByRole('button', { name: 'Load the demo data room' }).click();
	await expect(page.getByRole('heading', { level: 1 })).toContainText('(demo)', READ_WITHIN);
	await expect(page.getByText(/documents?, all at rest/)).toBeVisible(READ_WITHIN);
	await expect(page.getByText('could not be read')).toHaveCount(0);
	await expect(row(page, 'Northwind pitch deck.pdf').locator('img')).toBeVisible();
	await watched.looksRight('demo');
	await page.getByRole('link', { name: 'Northwind financial model.xlsx', exact: true }).click();
	await page.getByRole('button', { name: 'Next part' }).click();
	await expect(page).toHaveURL(/\?part=2$/);
	await page.keyboard.press('j');
	await expect(page).toHaveURL(/\?part=3$/);
	await expect(page.getByRole('grid')).toBeVisible();
	await watched.looksRight('demo-sheet');
	await page.keyboard.press('Escape');
	await page
		.getByRole('link', { name: 'Master subscription agreement Halvorsen.docx', exact: true })
		.click();
	await expect(
		page.getByRole('heading', { name: 'Master Subscription Agreement', exact: true })
	).toBeVisible();
	await watched.looksRight('demo-text');
}

function row(page: Page, name: string): Locator {
	return page.getByRole('row').filter({ has: page.getByRole('link', { name, exact: true }) });
}

/** As the browser itself sees it: page scripts cannot make a folder. */
async function dropFolder(page: Page, folder: string, over: () => Promise<void>) {
	const browser = await page.context().newCDPSession(page);
	const drag = (type: 'dragEnter' | 'dragOver' | 'drop') =>
		browser.send('Input.dispatchDragEvent', {
			type,
			x: 200,
			y: 300,
			data: { items: [], files: [folder], dragOperationsMask: 1 }
		});
	await drag('dragEnter');
	await drag('dragOver');
	await over();
	await drag('dragOver');
	await drag('drop');
	await browser.detach();
}
