// What each page makes a first visitor download, against the limits of the design.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const KB = 1024;
const LIMITS = { '/login': 60, '/deals/[id]/reports/[number]': 140, other: 110, css: 15 };
const KIT = '.svelte-kit/generated/client-optimized';
const BUILT = '.svelte-kit/output/client';

const read = (path) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const manifest = JSON.parse(read(`${BUILT}/.vite/manifest.json`));
const start = Object.keys(manifest).find((key) => manifest[key].name === 'entry/start');
const zipped = new Map();

let over = 0;
for (const [route, nodes] of routes()) {
	const files = reached([start, `${KIT}/app.js`, ...nodes.map((n) => `${KIT}/nodes/${n}.js`)]);
	report(`${route} JS`, total(files.js), LIMITS[route] ?? LIMITS.other);
	report(`${route} CSS`, total(files.css), LIMITS.css);
}
process.exitCode = over > 0 ? 1 : 0;

/** Kit's own table: a route's page, its layouts and its error pages, all loaded with it. */
function* routes() {
	const table = /export const dictionary = \{([^]*?)\};/.exec(read(`${KIT}/app.js`))?.[1] ?? '';
	for (const [, path, nodes] of table.matchAll(/"([^"]+)": (\[.*\])/g)) {
		const route = path.replace(/\/\([^)]+\)/g, '') || '/';
		yield [route, [0, 1, ...JSON.parse(nodes.replace(/,(?=[,\]])/g, '')).flat()]];
	}
}

function reached(entries) {
	const seen = new Set();
	const css = new Set();
	const queue = [...entries];
	for (let key = queue.pop(); key; key = queue.pop()) {
		const chunk = manifest[key];
		if (!chunk) throw new Error(`the manifest does not know ${key}`);
		if (seen.has(chunk.file)) continue;
		seen.add(chunk.file);
		chunk.css?.forEach((file) => css.add(file));
		queue.push(...(chunk.imports ?? []));
	}
	return { js: seen, css };
}

function total(files) {
	return [...files].reduce((sum, file) => sum + size(file), 0);
}

function size(file) {
	if (!zipped.has(file)) zipped.set(file, gzipSync(read(`${BUILT}/${file}`), { level: 9 }).length);
	return zipped.get(file);
}

function report(what, bytes, limit) {
	const fits = bytes <= limit * KB;
	if (!fits) over += 1;
	const verdict = fits ? 'ok' : 'OVER';
	console.log(
		`${verdict.padEnd(5)}${what.padEnd(42)}${(bytes / KB).toFixed(1).padStart(7)} of ${limit} KB`
	);
}
