import type { Bounds, Size, Span } from '$lib/places/part';

// A report as the server keeps it: docs/report.schema.json. The contract of the API leaves it open.

export interface Report {
	company: string;
	prepared_at: string;
	template: { id: string; title: string; version: string };
	status: Status;
	documents: DocumentEntry[];
	sections: Section[];
	facts: FactEntry[];
	calcs: CalcEntry[];
	citations: CitationEntry[];
}

export interface Status {
	engine: Engine;
	coverage: { found: number; required: number };
	contradictions: number;
	needs_review: number;
	parts_read: number;
	unreadable: number;
}

/** How the report was made; a newer server may know more ways. */
export type Engine = { engine: 'extractive' } | Assisted;

/** By code, with sentences of a language model. */
export interface Assisted {
	engine: 'assisted';
	/** The endpoint's name in the fund. */
	endpoint: string;
	model: string;
	external: boolean;
	prompt: string;
	kept: number;
	dropped: number;
	/** Why sections have no sentences although a model was asked. */
	problem?: string | null;
}

export type Role =
	'other' | 'deck' | 'plan' | 'model' | 'cap_table' | 'customer_list' | 'contract' | 'accounts';

export interface DocumentEntry {
	/** Id of a document of the deal. */
	version: string;
	name: string;
	/** Absent if it could not be read. */
	kind?: string | null;
	role: Role;
	reading: string;
}

export interface Section {
	id: string;
	title: string;
	blocks: ReportBlock[];
}

export type ReportBlock =
	| { block: 'paragraph'; text: string }
	| { block: 'written'; sentences: WrittenSentence[]; dropped: number }
	| { block: 'figures'; rows: FigureRow[] }
	| { block: 'tie_out'; rows: TieOutRow[] }
	| { block: 'excerpts'; items: Excerpt[] }
	| { block: 'checks'; items: Check[] }
	| { block: 'gaps'; items: Gap[] }
	| { block: 'questions'; items: Question[] };

/** A sentence of a language model, checked by code. */
export interface WrittenSentence {
	/** Its figures are placeholders. */
	text: string;
	/** Labels of the citations it rests on. */
	cites: string[];
}

export interface FigureRow {
	metric: string;
	title: string;
	/** Label of a fact or calculation. */
	figure: string;
	cites: string[];
	note?: string | null;
}

export type Severity = 'info' | 'low' | 'medium' | 'high' | 'blocker';
export type Verdict = 'confirmed' | 'rounding' | 'unit_suspect' | 'period_differs' | 'contradicted';

export interface FigureId {
	figure: 'fact' | 'calc';
	id: string;
}

export interface TieOutRow {
	title: string;
	/** Labels, the one that is trusted most first. */
	figures: string[];
	difference: string;
	disagreement: {
		metric: string;
		period: Period;
		basis: Basis;
		reference: FigureId;
		claim: FigureId;
		verdict: Verdict;
		severity: Severity;
	};
}

export interface Excerpt {
	cite: string;
	topic: string;
}

export interface Check {
	rule: string;
	title: string;
	outcome: 'pass' | 'fail' | 'not_applicable';
	detail: string;
	severity: Severity;
}

export interface Gap {
	item: string;
	title: string;
	searched: string;
}

export interface Question {
	text: string;
	reason: 'disagreement' | 'check' | 'gap';
	/** 1 is asked first. */
	priority: number;
}

export type Basis = 'actual' | 'forecast' | 'budget' | 'target' | 'unknown';

export interface Period {
	kind: 'instant' | 'month' | 'quarter' | 'half' | 'year' | 'trailing_year' | 'unknown';
	/** Its last day. */
	end?: string | null;
}

export interface FactEntry {
	label: string;
	shown: string;
	cite: string;
	fact: {
		id: string;
		metric: string;
		subject: { kind: string; name?: string | null };
		period: Period;
		basis: Basis;
		confidence: number;
		needs_review?: string | null;
	};
}

export interface CalcEntry {
	label: string;
	shown: string;
	/** Labels of the facts it was reckoned from. */
	inputs: string[];
	calc: { id: string; metric: string; formula: string; expression: string; period: Period };
}

export interface CitationEntry {
	label: string;
	shown: string;
	place: Place;
}

export interface Place {
	/** Id of a document of the deal. */
	document: string;
	part: number;
	span: Span;
	quote: string;
	spot: Spot;
}

export type Spot =
	| { kind: 'pdf_box' | 'image_box'; boxes: Bounds[]; size: Size }
	| { kind: 'cell'; sheet?: string | null; cell: string }
	| { kind: 'slide_shape'; shape: number; paragraph: number }
	| { kind: 'docx_block'; block: number }
	| { kind: 'text_range' };
