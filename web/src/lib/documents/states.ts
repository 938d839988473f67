import type { DealDocument } from '$lib/api/types';
import { t, tOr, type Key } from '$lib/i18n';

type Told = Pick<DealDocument, 'state' | 'kind' | 'parts_done' | 'parts_total' | 'sentence'>;

/** How far a document is, as one sentence. The server's own says how well it was read, or why not. */
export function stateText(document: Told): string {
	const { state, parts_done: done, parts_total: n } = document;
	switch (state) {
		case 'stored':
			return t('documents.state.stored');
		case 'reading':
			return n > 0
				? t(`documents.reading.${partWord(document.kind)}`, { done, n })
				: t('documents.state.reading');
		case 'read':
			return document.sentence || t('documents.state.read');
		case 'locked':
			return document.sentence || t('documents.state.locked');
		case 'failed':
			return document.sentence || t('documents.state.failed');
	}
}

/** What the deal's documents do, for the line above them. `all` are those on the page; more may follow. */
export function summaryText(
	{ total, moving }: { total: number; moving: number },
	all: readonly Told[]
): string {
	const said = [t('documents.count', { n: total })];
	if (moving > 0) said.push(t('documents.count.moving', { n: moving }));
	else said.push(t('documents.count.rest'));
	// Told of the whole deal or not at all.
	if (all.length === total) {
		const locked = all.filter(({ state }) => state === 'locked').length;
		const failed = all.filter(({ state }) => state === 'failed').length;
		if (locked > 0) said.push(t('documents.count.locked', { n: locked }));
		if (failed > 0) said.push(t('documents.count.failed', { n: failed }));
	}
	return said.join(', ');
}

const PART_WORDS: Record<string, 'page' | 'sheet' | 'slide' | 'image' | 'text'> = {
	pdf: 'page',
	xlsx: 'sheet',
	csv: 'sheet',
	pptx: 'slide',
	image: 'image'
};

/** What the parts of a kind are called. */
export const partWord = (kind: string) => PART_WORDS[kind] ?? 'text';

export const partName = (kind: string, number: number) =>
	t(`documents.part.${partWord(kind)}`, { number });

export const kindText = (kind: string) =>
	tOr(`documents.kind.${kind}` satisfies string | Key, kind);

const UNITS = ['B', 'kB', 'MB', 'GB'];
const digits = new Intl.NumberFormat('en', { maximumSignificantDigits: 3, useGrouping: false });

/** "1.24 MB"; thousands, as file managers count. */
export function sizeText(bytes: number): string {
	let [value, unit] = [bytes, 0];
	while (value >= 999.5 && unit < UNITS.length - 1) [value, unit] = [value / 1000, unit + 1];
	return `${digits.format(value)} ${UNITS[unit]}`;
}
