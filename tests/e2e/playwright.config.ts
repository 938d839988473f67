import { defineConfig } from '@playwright/test';

const target = process.env['VCCONNECT_E2E_TARGET'] ?? '../../target/e2e';

export default defineConfig({
	testDir: '.',
	outputDir: `${target}/results`,
	reporter: [['list']],
	// One story on one server: what an earlier step made, a later one reads.
	workers: 1,
	retries: 0,
	timeout: 900_000,
	expect: { timeout: 10_000 },
	use: {
		baseURL: process.env['VCCONNECT_E2E_URL'],
		actionTimeout: 10_000,
		trace: 'retain-on-failure',
		viewport: { width: 1280, height: 800 },
		launchOptions: {
			executablePath: process.env['VCCONNECT_E2E_CHROMIUM'] ?? '/usr/bin/chromium',
			args: [
				'--headless',
				'--no-sandbox',
				'--disable-gpu',
				'--disable-quic',
				'--no-first-run',
				'--disable-background-networking',
				'--disable-component-update',
				'--disable-sync'
			]
		}
	}
});
