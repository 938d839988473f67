import { written } from '$lib/places/marks';
import { quoter } from '$lib/places/quote';
import { baseName } from '$lib/documents/base-name';
import type { Ledger } from './ledger';
import type { CitationEntry, Place } from './tree';

/** The page of a document with the cited stretch marked, or without a mark where the stretch says something else now. */
export const deepLink = (deal: string, { document, part, span }: Place, says = true) =>
	`/deals/${deal}/documents/${document}?part=${part}${says ? `&at=${written(span)}` : ''}`;

/** File name and place within it: `Deck.pdf` and `p. 7`. */
export function named({ place, shown }: CitationEntry, ledger: Ledger) {
	const path = ledger.documents.get(place.document)?.name ?? shown;
	const locator = shown.startsWith(`${path}, `) ? shown.slice(path.length + 2) : '';
	return { file: baseName(path), folder: path.slice(0, -baseName(path).length), locator };
}

/** Whether a part still says what the report quotes from it. */
export const stillSays = (text: string, { span, quote }: Place) => quoter(text)(span) === quote;
