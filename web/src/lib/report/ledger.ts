import { runsOf } from './inline';
import { sorted } from './tie-out';
import type {
	CalcEntry,
	CitationEntry,
	DocumentEntry,
	FactEntry,
	FigureId,
	Report,
	ReportBlock
} from './tree';

/** Everything that a report's labels stand for, and the order in which its sources appear. */
export class Ledger {
	readonly facts: ReadonlyMap<string, FactEntry>;
	readonly calcs: ReadonlyMap<string, CalcEntry>;
	readonly citations: ReadonlyMap<string, CitationEntry>;
	readonly documents: ReadonlyMap<string, DocumentEntry>;
	/** Labels of the citations that can be clicked in the text, each once, in order of appearance. */
	readonly order: readonly string[];
	/** The section that sets what disagrees side by side. */
	readonly disagreeing: string | undefined;
	readonly #contradicted: ReadonlySet<string>;
	readonly #facts: ReadonlyMap<string, FactEntry[]>;
	readonly #titles: ReadonlyMap<string, string>;

	constructor(report: Report) {
		this.facts = byLabel(report.facts);
		this.calcs = byLabel(report.calcs);
		this.citations = byLabel(report.citations);
		this.documents = new Map(report.documents.map((entry) => [entry.version, entry]));
		this.#facts = grouped(report.facts);
		const blocks = report.sections.flatMap((section) => section.blocks);
		const shown = blocks.flatMap((block) => this.#citesOf(block));
		this.order = [...new Set(shown)].filter((label) => this.citations.has(label));
		this.#titles = titlesIn(blocks);
		this.disagreeing = report.sections.find(({ blocks }) => blocks.some(tiesOut))?.id;
		this.#contradicted = contradictedIn(blocks);
	}

	/** What stands in the brackets: as in the exports, so that `[12]` on paper is `[12]` here. */
	number(label: string): string {
		return /^[A-Za-z]+(\d+)$/.exec(label)?.[1] ?? label;
	}

	/** The citations to show beside a figure: those of a calculation are within its own account. */
	citesOf(figure: string, given: readonly string[]): readonly string[] {
		const calc = this.calcs.get(figure);
		if (!calc) return given.length ? given : this.#own(figure);
		const within = new Set(calc.inputs.flatMap((input) => this.#own(input)));
		return given.filter((label) => !within.has(label));
	}

	/** A citation or calculation, by what an address or a button calls it. */
	has(label: string | null | undefined): label is string {
		return Boolean(label && (this.citations.has(label) || this.calcs.has(label)));
	}

	/** What was read at a cited place. */
	factsAt(cite: string): readonly FactEntry[] {
		return this.#facts.get(cite) ?? [];
	}

	/** The citations among which one steps on from here: those of the text, or of the calculation one came from. */
	steps(of: string | undefined): readonly string[] {
		const calc = of === undefined ? undefined : this.calcs.get(of);
		return calc ? [...new Set(calc.inputs.flatMap((input) => this.#own(input)))] : this.order;
	}

	/** What a metric is called. */
	title(metric: string): string {
		return this.#titles.get(metric) ?? metric.replaceAll('_', ' ');
	}

	/** Whether another document says something else than this figure. */
	isContradicted(label: string): boolean {
		return this.#contradicted.has(label);
	}

	isFigure(label: string, { figure, id }: FigureId): boolean {
		return figure === 'fact'
			? this.facts.get(label)?.fact.id === id
			: this.calcs.get(label)?.calc.id === id;
	}

	#own(fact: string): string[] {
		const cite = this.facts.get(fact)?.cite;
		return cite ? [cite] : [];
	}

	#citesIn(text: string): string[] {
		return runsOf(text).flatMap((run) => {
			if (run.kind === 'text') return [];
			return run.kind === 'cite' ? [run.label] : this.citesOf(run.label, run.cites);
		});
	}

	#citesOf(block: ReportBlock): readonly string[] {
		switch (block.block) {
			case 'paragraph':
				return this.#citesIn(block.text);
			case 'written':
				return block.sentences.flatMap(({ cites }) => cites);
			case 'figures':
				return block.rows.flatMap((row) => this.citesOf(row.figure, row.cites));
			case 'tie_out':
				return sorted(block.rows).flatMap((row) =>
					row.figures.flatMap((label) => this.citesOf(label, []))
				);
			case 'excerpts':
				return block.items.map((item) => item.cite);
			case 'checks':
				return block.items.flatMap((check) => this.#citesIn(check.detail));
			case 'questions':
				return block.items.flatMap((question) => this.#citesIn(question.text));
			default:
				return [];
		}
	}
}

function byLabel<T extends { label: string }>(entries: readonly T[]): Map<string, T> {
	return new Map(entries.map((entry) => [entry.label, entry]));
}

const tiesOut = ({ block }: ReportBlock) => block === 'tie_out';

function contradictedIn(blocks: readonly ReportBlock[]) {
	const rows = blocks.flatMap((block) => (block.block === 'tie_out' ? block.rows : []));
	const differing = rows.filter(({ disagreement }) => disagreement.verdict === 'contradicted');
	return new Set(differing.flatMap(({ figures }) => figures));
}

function grouped(facts: readonly FactEntry[]) {
	const by = new Map<string, FactEntry[]>();
	for (const fact of facts) by.set(fact.cite, [...(by.get(fact.cite) ?? []), fact]);
	return by;
}

/** What a metric is called where every row calls it the same: a row of one holder is called by the holder. */
function titlesIn(blocks: readonly ReportBlock[]) {
	const titles = new Map<string, string>();
	const several = new Set<string>();
	const add = (metric: string, title: string) => {
		if ((titles.get(metric) ?? title) !== title) several.add(metric);
		titles.set(metric, title);
	};
	for (const block of blocks) {
		if (block.block === 'figures') for (const row of block.rows) add(row.metric, row.title);
		if (block.block === 'tie_out')
			for (const row of block.rows) add(row.disagreement.metric, row.title);
	}
	for (const metric of several) titles.delete(metric);
	return titles;
}
