import { readFileSync } from 'node:fs';
import adapter from '@sveltejs/adapter-static';

/** The one version of the product: a fixed name keeps the inline script's hash stable between builds. */
function productVersion() {
	const manifest = readFileSync(new URL('../Cargo.toml', import.meta.url), 'utf8');
	const version = /^version\s*=\s*"([^"]+)"/m.exec(manifest)?.[1];
	if (!version) throw new Error('../Cargo.toml names no version');
	return version;
}

/** @type {import('@sveltejs/kit').Config} */
export default {
	kit: {
		adapter: adapter({
			pages: 'dist',
			assets: 'dist',
			fallback: 'index.html',
			precompress: true
		}),
		version: { name: productVersion() }
	}
};
