import { baseName } from '$lib/documents/base-name';
import type { Ledger } from './ledger';
import type { Role, TieOutRow, Verdict } from './tree';

/** A column: a document, or what was reckoned from documents. */
export interface Column {
	/** Id of the document; absent for what was reckoned. */
	document?: string;
	role?: Role;
	/** File name without its folders. */
	name?: string;
}

// As a reader goes: from what is claimed to what is trusted.
const ROLES: Role[] = [
	'other',
	'deck',
	'plan',
	'model',
	'cap_table',
	'customer_list',
	'contract',
	'accounts'
];

const RANK: Record<Verdict, number> = {
	contradicted: 0,
	unit_suspect: 1,
	period_differs: 2,
	rounding: 3,
	confirmed: 4
};

/** Contradictions first; within a verdict the order of the report. */
export const sorted = (rows: readonly TieOutRow[]) =>
	rows.toSorted((a, b) => RANK[a.disagreement.verdict] - RANK[b.disagreement.verdict]);

/** The document that states a figure; none for a calculation. */
export function documentOf(ledger: Ledger, label: string): string | undefined {
	const cite = ledger.facts.get(label)?.cite;
	return cite === undefined ? undefined : ledger.citations.get(cite)?.place.document;
}

/** One column for each document that states something here, the reckoned one last. */
export function columnsOf(rows: readonly TieOutRow[], ledger: Ledger): Column[] {
	const labels = rows.flatMap((row) => row.figures);
	const stating = new Set(labels.map((label) => documentOf(ledger, label)));
	const columns: Column[] = [...ledger.documents.values()]
		.filter((entry) => stating.has(entry.version))
		.sort((a, b) => ROLES.indexOf(a.role) - ROLES.indexOf(b.role))
		.map(({ version, role, name }) => ({ document: version, role, name: baseName(name) }));
	if (labels.some((label) => ledger.calcs.has(label))) columns.push({});
	return columns;
}

/** The figures of a row that stand in a column. */
export const figuresIn = (row: TieOutRow, { document }: Column, ledger: Ledger) =>
	row.figures.filter((label) => documentOf(ledger, label) === document);

/** Which part a figure plays where a row's figures differ. */
export function partOf(label: string, { disagreement }: TieOutRow, ledger: Ledger) {
	if (ledger.isFigure(label, disagreement.reference)) return 'reference';
	const agree = disagreement.verdict === 'confirmed' || disagreement.verdict === 'rounding';
	return !agree && ledger.isFigure(label, disagreement.claim) ? 'claim' : undefined;
}
