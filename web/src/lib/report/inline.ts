/** A piece of a text of the report. */
export type Run =
	| { kind: 'text'; text: string }
	| { kind: 'fact' | 'calc'; label: string; cites: string[] }
	| { kind: 'cite'; label: string };

const PLACEHOLDER = /\{\{(fact|calc|cite):([A-Za-z0-9]{2,16})\}\}/g;

/** The pieces of a text, in order. What only looks like a placeholder stays text; citations join the figure before them. */
export function runsOf(text: string): Run[] {
	const runs: Run[] = [];
	let from = 0;
	for (const found of text.matchAll(PLACEHOLDER)) {
		const [whole, kind, label = ''] = found;
		addText(runs, text.slice(from, found.index));
		from = found.index + whole.length;
		if (kind === 'cite') addCite(runs, label);
		else runs.push({ kind: kind as 'fact' | 'calc', label, cites: [] });
	}
	addText(runs, text.slice(from));
	return runs;
}

function addText(runs: Run[], text: string) {
	if (text) runs.push({ kind: 'text', text });
}

function addCite(runs: Run[], label: string) {
	const last = runs.at(-1);
	const before = last?.kind === 'text' && !last.text.trim() ? runs.at(-2) : last;
	if (before?.kind !== 'fact' && before?.kind !== 'calc') {
		runs.push({ kind: 'cite', label });
		return;
	}
	if (before !== last) runs.pop();
	before.cites.push(label);
}
