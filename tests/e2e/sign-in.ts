import { expect, test, type Locator, type Page } from '@playwright/test';
import { Authenticator } from './authenticator';
import type { Watched } from './watch';

const RESET_PASSWORD = 'walnut glacier ribbon eleven';

/** Sets the offered second factor up: a wrong code first, then the right one. Leaves at the recovery codes. */
export async function setUpFactor(watched: Watched, within: Page | Locator, name: string) {
	const secret = within.locator('[data-secret]');
	await expect(secret).toHaveText(/^([A-Z2-7]{4} ?){8}$/);
	await expect(within.getByRole('img', { name: 'QR code for an authenticator app' })).toBeVisible();
	const authenticator = new Authenticator(await secret.innerText());
	await within.getByLabel('Code of your app').fill('000000');
	await within.getByRole('button', { name: 'Confirm' }).click();
	await expect(within.getByText('This code does not fit')).toBeVisible();
	await watched.looksRight(name);
	await within.getByLabel('Code of your app').fill(authenticator.code());
	await within.getByRole('button', { name: 'Confirm' }).click();
	const codes = within.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem');
	await expect(codes).toHaveCount(10);
	authenticator.recoveryCodes = await codes.allInnerTexts();
	await watched.looksRight(`${name}-codes`);
	await within.getByRole('button', { name: 'I have kept them' }).click();
	return authenticator;
}

/** The password is given; the code is asked for. */
async function password(page: Page, email: string, password: string) {
	await page.getByLabel('E-mail').fill(email);
	await page.getByLabel('Password').fill(password);
	await page.getByRole('button', { name: 'Sign in' }).click();
}

/** The admin signs in by the code of the app, and at once again by a recovery code, since a code is good once. */
export async function codeStory(
	admin: Watched,
	authenticator: Authenticator,
	secret: string,
	home: string
) {
	const { page } = admin;
	await test.step('the code of the app is asked for and good once', async () => {
		await expect(page.getByRole('heading', { name: 'One more step' })).toBeVisible();
		await page.goto('/settings/people');
		await expect(page).toHaveURL(/\/login\/code\?next=%2Fsettings%2Fpeople$/);
		await page.getByLabel('Code of your app').fill('12345');
		await page.getByRole('button', { name: 'Go on' }).click();
		await expect(page.getByText('This code does not fit')).toBeVisible();
		await admin.looksRight('code');
		const code = authenticator.code();
		await page.getByLabel('Code of your app').fill(code);
		await page.getByRole('button', { name: 'Go on' }).click();
		await expect(page.getByRole('heading', { name: 'People' })).toBeVisible();

		await page.getByRole('button', { name: 'Account of Ada Keller' }).click();
		await page.getByRole('button', { name: 'Sign out' }).click();
		await page.goto(home);
		await password(page, 'ada@fund.example', secret);
		await page.getByLabel('Code of your app').fill(code);
		await page.getByRole('button', { name: 'Go on' }).click();
		await expect(page.getByText('it was used already')).toBeVisible();
		await page.getByRole('button', { name: /use a recovery code/ }).click();
		await admin.looksRight('recovery-code');
		await page.getByLabel('Recovery code').fill(authenticator.recoveryCode().toLowerCase());
		await page.getByRole('button', { name: 'Go on' }).click();
		await expect(page).toHaveURL(home);
	});
}

/** A colleague sets a second factor up, forgets the password and loses the phone; the admin helps. */
export async function helpStory(admin: Watched, colleague: Watched, secret: string) {
	const { page } = admin;
	const ben = colleague.page;
	let link = '';
	let authenticator: Authenticator;

	await test.step('a colleague sets up a second factor of their own will', async () => {
		await ben.goto('/settings/sessions');
		await expect(ben.getByText('You have none.')).toBeVisible();
		await ben.getByRole('button', { name: 'Set up…' }).click();
		const dialog = ben.getByRole('dialog', { name: 'Set up a second factor' });
		authenticator = await setUpFactor(colleague, dialog, 'factor-dialog');
		await expect(ben.getByText('10 recovery codes are left.')).toBeVisible();
		await expect(ben.getByRole('button', { name: 'Remove…' })).toBeVisible();
		await ben.getByRole('button', { name: 'New recovery codes…' }).click();
		await ben.getByRole('button', { name: 'Make new ones' }).click();
		const codes = ben.getByRole('dialog', { name: 'Recovery codes' });
		await expect(codes.getByRole('listitem')).toHaveCount(10);
		await expect(codes.getByText(authenticator.recoveryCode())).toHaveCount(0);
		await codes.getByRole('button', { name: 'I have kept them' }).click();
		await colleague.looksRight('my-sign-in');
	});

	await test.step('the admin shows that it is still them and makes a link to another password', async () => {
		await page.goto('/settings/people');
		await page.getByRole('button', { name: 'Sign-in of Ben Ito' }).click();
		await admin.looksRight('person-sign-in');
		await page.getByRole('button', { name: 'Reset password…' }).click();
		await admin.looksRight('reset-password');
		await proofIsMissingOnce(page, '**/password-reset');
		await page.getByRole('button', { name: 'Make the link' }).click();
		const proof = page.getByRole('dialog', { name: 'Is it still you?' });
		await proof.getByLabel('Password').fill('not the password');
		await proof.getByRole('button', { name: 'Confirm' }).click();
		await expect(proof.getByText('This is not your password.')).toBeVisible();
		await expect(proof.getByRole('button', { name: 'Use a code of my app' })).toBeVisible();
		await admin.looksRight('proof');
		await proof.getByLabel('Password').fill(secret);
		await proof.getByRole('button', { name: 'Confirm' }).click();
		link = await page.getByLabel('Link to another password').inputValue();
		await admin.looksRight('reset-link');
		await page.getByRole('button', { name: 'Done' }).click();
	});

	await test.step('the colleague chooses another password; the code is still asked for', async () => {
		await ben.goto(link);
		await ben.getByLabel('New password').fill('ben@fund.example');
		await ben.getByRole('button', { name: 'Choose this password' }).click();
		await expect(ben.getByText('This password is easy to guess.')).toBeVisible();
		await colleague.looksRight('reset');
		await ben.getByLabel('New password').fill(RESET_PASSWORD);
		await ben.getByRole('button', { name: 'Choose this password' }).click();
		await expect(ben.getByText('You were signed out everywhere.')).toBeVisible();
		await colleague.looksRight('reset-done');
		await ben.getByRole('button', { name: 'Sign in' }).click();
		await password(ben, 'ben@fund.example', RESET_PASSWORD);
		await ben.getByLabel('Code of your app').fill(authenticator.code(1));
		await ben.getByRole('button', { name: 'Go on' }).click();
		await expect(ben.getByRole('heading', { name: 'Deals', exact: true })).toBeVisible();
		await ben.goto('about:blank');
		await ben.goto(link);
		await expect(ben.getByText('or a newer one was made')).toBeVisible();
		await colleague.looksRight('reset-used');
	});

	await test.step('the admin resets the second factor; the password alone lets the colleague in', async () => {
		await page.reload();
		await page.getByRole('button', { name: 'Sign-in of Ben Ito' }).click();
		await page.getByRole('button', { name: 'Reset second factor…' }).click();
		await admin.looksRight('reset-factor');
		await page.getByRole('button', { name: 'Reset second factor', exact: true }).click();
		await expect(page.getByText('The second factor of Ben Ito was reset.')).toBeVisible();
		await expect(page.getByRole('row', { name: /Ben Ito/ })).toContainText('None');
		await ben.goto('/deals');
		await expect(ben).toHaveURL(/\/login$/);
		await password(ben, 'ben@fund.example', RESET_PASSWORD);
		await expect(ben.getByRole('heading', { name: 'Deals', exact: true })).toBeVisible();
	});
}

/** The server wants a proof after ten minutes, which no story waits for: its words come early, once. */
async function proofIsMissingOnce(page: Page, path: string) {
	await page.route(
		path,
		(route) =>
			route.fulfill({
				status: 403,
				contentType: 'application/problem+json',
				json: { code: 'proof_required', detail: 'Show first that it is still you.' }
			}),
		{ times: 1 }
	);
}
