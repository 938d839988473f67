import { expect, test } from 'vitest';
import { engineText } from './engine';
import { followed, replaced } from './exports';
import { gathered } from './gathered';
import { runsOf } from './inline';
import { Ledger } from './ledger';
import { periodText, whenText } from './period';
import { deepLink, named, stillSays } from './place';
import { columnsOf, figuresIn, partOf, sorted } from './tie-out';
import type { Assisted, CitationEntry, FactEntry, Report, TieOutRow, Verdict } from './tree';
import type { Export } from '$lib/api/types';

const DECK = { version: 'd1', name: '01 Pitch/Deck, final.pdf', kind: 'pdf', role: 'deck' };
const ACCOUNTS = { version: 'd2', name: 'Accounts.xlsx', kind: 'xlsx', role: 'accounts' };
const MODEL = { version: 'd3', name: 'Model.xlsx', kind: 'xlsx', role: 'model' };

function cite(label: string, document: string, shown: string): CitationEntry {
	const span = { start: 3, end: 8 };
	const spot = { kind: 'text_range' } as const;
	return { label, shown, place: { document, part: 7, span, quote: '€4.2m', spot } };
}

function fact(label: string, at: string, metric = 'arr'): FactEntry {
	const period = { kind: 'instant', end: '2026-06-30' } as const;
	const subject = { kind: 'company' };
	const said = { id: `id-${label}`, metric, subject, period, basis: 'actual', confidence: 1 };
	return { label, shown: `€${label}`, cite: at, fact: said as FactEntry['fact'] };
}

function row(title: string, verdict: Verdict, ...figures: string[]): TieOutRow {
	const [reference = '', ...others] = figures;
	const id = (label: string) =>
		label.startsWith('C')
			? { figure: 'calc' as const, id: `id-${label}` }
			: { figure: 'fact' as const, id: `id-${label}` };
	return {
		title,
		figures,
		difference: '+10 %',
		disagreement: {
			metric: title.toLowerCase(),
			period: { kind: 'instant', end: '2026-06-30' },
			basis: 'actual',
			reference: id(reference),
			claim: id(others.at(-1) ?? reference),
			verdict,
			severity: 'high'
		}
	};
}

const TIED = [
	row('Customers', 'rounding', 'F2', 'F1'),
	row('ARR', 'contradicted', 'C1', 'F2', 'F1'),
	row('Runway', 'period_differs', 'F2', 'F1')
];

function report(): Report {
	return {
		company: 'Northwind',
		prepared_at: '2026-11-14T09:00:00Z',
		template: { id: 'saas', title: 'Software as a service', version: '1' },
		status: {
			engine: { engine: 'extractive' },
			coverage: { found: 1, required: 2 },
			contradictions: 1,
			needs_review: 0,
			parts_read: 3,
			unreadable: 0
		},
		documents: [ACCOUNTS, DECK, MODEL].map((entry) => ({ ...entry, reading: 'Read.' }) as never),
		sections: [
			{
				id: 'summary',
				title: 'Summary',
				blocks: [
					{
						block: 'paragraph',
						text: 'ARR {{fact:F1}} {{cite:E1}}, {{calc:C1}} {{cite:E3}} recomputed; see {{cite:E9}}.'
					}
				]
			},
			{
				id: 'key',
				title: 'Key figures',
				blocks: [
					{
						block: 'figures',
						rows: [
							{ metric: 'nrr', title: 'Retention', figure: 'C1', cites: ['E3'] },
							{ metric: 'arr', title: 'ARR', figure: 'F2', cites: ['E2', 'E1'] },
							{ metric: 'share', title: 'Ada', figure: 'F3', cites: [] },
							{ metric: 'share', title: 'Bob', figure: 'F4', cites: [] }
						]
					},
					{ block: 'tie_out', rows: TIED },
					{ block: 'excerpts', items: [{ cite: 'E5', topic: 'Market' }] }
				]
			}
		],
		facts: [fact('F1', 'E1'), fact('F2', 'E2'), fact('F3', 'E3'), fact('F4', 'E4')],
		calcs: [
			{
				label: 'C1',
				shown: '104 %',
				inputs: ['F3', 'F4'],
				calc: {
					id: 'id-C1',
					metric: 'nrr',
					formula: 'nrr.v1',
					expression: 'a ÷ b',
					period: { kind: 'unknown' }
				}
			}
		],
		citations: [
			cite('E1', 'd1', '01 Pitch/Deck, final.pdf, p. 7'),
			cite('E2', 'd2', 'Accounts.xlsx, MRR!F40'),
			cite('E3', 'd2', 'Accounts.xlsx, MRR!F41'),
			cite('E4', 'd2', 'Accounts.xlsx, MRR!F42'),
			cite('E5', 'd1', '01 Pitch/Deck, final.pdf, p. 8')
		]
	};
}

const ledger = new Ledger(report());

test('placeholders become figures with their citations, lookalikes stay text', () => {
	expect(
		runsOf('ARR {{fact:F12}} {{cite:E3}}{{cite:E4}} by {{calc:C7}}, {{runway}} {{cite:E9}}.')
	).toEqual([
		{ kind: 'text', text: 'ARR ' },
		{ kind: 'fact', label: 'F12', cites: ['E3', 'E4'] },
		{ kind: 'text', text: ' by ' },
		{ kind: 'calc', label: 'C7', cites: [] },
		{ kind: 'text', text: ', {{runway}} ' },
		{ kind: 'cite', label: 'E9' },
		{ kind: 'text', text: '.' }
	]);
	expect(runsOf('{{{{fact:F1}}')).toEqual([
		{ kind: 'text', text: '{{' },
		{ kind: 'fact', label: 'F1', cites: [] }
	]);
	expect(runsOf('{{fact:F-1}} <b>{{note:F1}}')).toEqual([
		{ kind: 'text', text: '{{fact:F-1}} <b>{{note:F1}}' }
	]);
	expect(runsOf('')).toEqual([]);
});

test('sources are stepped through in the order in which they appear, each once, none that is not there', () => {
	expect(ledger.order).toEqual(['E1', 'E2', 'E3', 'E4', 'E5']);
	expect(ledger.steps(undefined)).toBe(ledger.order);
	expect(ledger.steps('C1')).toEqual(['E3', 'E4']);
});

test('a citation has the number that it has on paper', () => {
	expect(ledger.number('E12')).toBe('12');
	expect(ledger.number('Annex')).toBe('Annex');
});

test('the sources of a calculation stand in its own account', () => {
	expect(ledger.citesOf('C1', ['E3', 'E5'])).toEqual(['E5']);
	expect(ledger.citesOf('F1', [])).toEqual(['E1']);
	expect(ledger.citesOf('F1', ['E2'])).toEqual(['E2']);
});

test('a metric that rows call by different names goes by its own', () => {
	expect(ledger.title('nrr')).toBe('Retention');
	expect(ledger.title('share')).toBe('share');
	expect(ledger.title('net_burn')).toBe('net burn');
});

test('columns go from what is claimed to what is trusted, the recomputed one last', () => {
	const columns = columnsOf(TIED, ledger);
	expect(columns.map(({ role, name }) => [role, name])).toEqual([
		['deck', 'Deck, final.pdf'],
		['accounts', 'Accounts.xlsx'],
		[undefined, undefined]
	]);
	const arr = TIED[1] as TieOutRow;
	expect(columns.map((column) => figuresIn(arr, column, ledger))).toEqual([['F1'], ['F2'], ['C1']]);
	expect(columnsOf([row('Runway', 'confirmed', 'F2', 'F1')], ledger)).toHaveLength(2);
});

test('contradictions come first, otherwise the order of the report holds', () => {
	expect(sorted(TIED).map(({ title }) => title)).toEqual(['ARR', 'Runway', 'Customers']);
});

test('what is trusted and what differs is told, unless they agree', () => {
	const [agree, differ] = TIED as [TieOutRow, TieOutRow];
	expect(['C1', 'F2', 'F1'].map((label) => partOf(label, differ, ledger))).toEqual([
		'reference',
		undefined,
		'claim'
	]);
	expect(partOf('F2', agree, ledger)).toBe('reference');
	expect(partOf('F1', agree, ledger)).toBeUndefined();
});

test('a figure that another document contradicts is known', () => {
	expect(ledger.disagreeing).toBe('key');
	expect(['F1', 'F2', 'C1', 'F3'].map((label) => ledger.isContradicted(label))).toEqual([
		true,
		true,
		true,
		false
	]);
});

test('a source is named by its file and place, also where the name has a comma', () => {
	const first = ledger.citations.get('E1') as CitationEntry;
	expect(named(first, ledger)).toEqual({
		file: 'Deck, final.pdf',
		folder: '01 Pitch/',
		locator: 'p. 7'
	});
	expect(named({ ...first, place: { ...first.place, document: 'gone' } }, ledger).locator).toBe('');
	expect(deepLink('deal', first.place)).toBe('/deals/deal/documents/d1?part=7&at=3-8');
	expect(deepLink('deal', first.place, false)).toBe('/deals/deal/documents/d1?part=7');
});

test('a document read anew is noticed, and characters beyond U+FFFF count once', () => {
	const { place } = ledger.citations.get('E1') as CitationEntry;
	expect(stillSays('🚀: €4.2m', place)).toBe(true);
	expect(stillSays('🚀🚀: €4.2m', place)).toBe(false);
});

test.each([
	[{ kind: 'instant', end: '2026-06-30' }, '30 Jun 2026'],
	[{ kind: 'month', end: '2026-06-30' }, 'Jun 2026'],
	[{ kind: 'quarter', end: '2026-06-30' }, 'Q2 2026'],
	[{ kind: 'quarter', end: '2026-05-31' }, 'quarter to May 2026'],
	[{ kind: 'half', end: '2026-12-31' }, 'H2 2026'],
	[{ kind: 'year', end: '2025-12-31' }, 'FY 2025'],
	[{ kind: 'year', end: '2025-06-30' }, 'FY to Jun 2025'],
	[{ kind: 'trailing_year', end: '2026-06-30' }, '12 months to Jun 2026'],
	[{ kind: 'unknown' }, 'Date not given']
] as const)('%o is %s', (period, text) => {
	expect(periodText(period)).toBe(text);
});

test('what is not known of a figure is not told', () => {
	expect(whenText({ kind: 'unknown' }, 'unknown')).toBe('');
	expect(whenText({ kind: 'year', end: '2025-12-31' }, 'budget')).toBe('FY 2025, budget');
});

test('excerpts that follow each other are one block', () => {
	const one = (topic: string) => ({ block: 'excerpts' as const, items: [{ cite: 'E1', topic }] });
	const text = { block: 'paragraph' as const, text: 'x' };
	expect(gathered([one('a'), one('b'), text, one('c')])).toEqual([
		{ block: 'excerpts', items: [...one('a').items, ...one('b').items] },
		text,
		one('c')
	]);
});

test('of the exports, what is being made and what was asked for here is told', () => {
	const made = (format: Export['format'], state: Export['state']) =>
		({ format, state, sentence: null, bytes: null, created_at: '', ended_at: null }) as Export;
	const all = [made('pdf', 'done'), made('docx', 'running'), made('json', 'failed')];
	expect(followed(all, []).map(({ format }) => format)).toEqual(['docx']);
	expect(followed(all, ['pdf']).map(({ format }) => format)).toEqual(['pdf', 'docx']);
	expect(replaced(all, made('docx', 'done')).map(({ state }) => state)).toEqual([
		'done',
		'failed',
		'done'
	]);
});

test('sources of written sentences are stepped through where they stand', () => {
	const written = {
		block: 'written' as const,
		sentences: [
			{ text: 'Retention is {{calc:C1}}.', cites: ['E5', 'E3'] },
			{ text: 'ARR is {{fact:F1}}.', cites: ['E1', 'E9'] }
		],
		dropped: 1
	};
	const told = report();
	told.sections.unshift({ id: 'first', title: 'First', blocks: [written] });
	const { order } = new Ledger(told);
	expect(order).toEqual(['E5', 'E3', 'E1', 'E2', 'E4']);
});

test('who wrote a report is said in words', () => {
	const assisted: Assisted = {
		engine: 'assisted',
		endpoint: 'Llama in the office',
		model: 'llama-3.1-70b',
		external: false,
		prompt: 'section 1',
		kept: 14,
		dropped: 3
	};
	expect(engineText({ engine: 'extractive' })).toBe('Code alone, without a language model');
	expect(engineText(assisted)).toBe(
		'Code, with sentences of llama-3.1-70b (Llama in the office, local)'
	);
	expect(engineText({ ...assisted, external: true })).toContain('external)');
	expect(engineText({ engine: 'committee' } as never)).toBe('committee');
});
