import type { ModelCall, SentPassage } from '$lib/api/types';
import { shortId } from '$lib/audit/names';
import { baseName } from '$lib/documents/base-name';
import { t } from '$lib/i18n';

/** How much of documents went out with a call. */
export const sentCharacters = ({ passages }: ModelCall) =>
	t('sent.characters', { n: passages.reduce((sum, { characters }) => sum + characters, 0) });

/** A stretch of a document that went out, and where it stands. */
export interface PassageLine {
	/** Absent if the reader may not open it, or it is gone. */
	href?: string;
	name: string;
	/** What stands for a name that is not told. */
	code?: string;
	part: string;
	characters: string;
}

/** The passages of a call. In the list of all deals no file is named, and only members of a deal are led to it. */
export const passageLines = (call: ModelCall, ofAllDeals: boolean): PassageLine[] =>
	call.passages.map((passage) => ({
		...named(passage, call, ofAllDeals),
		part: t('audit.about.part', { part: passage.part }),
		characters: t('sent.characters', { n: passage.characters })
	}));

function named(
	{ document_id: id, document, part }: SentPassage,
	{ deal_id, deal_name }: ModelCall,
	ofAllDeals: boolean
) {
	const href = `/deals/${deal_id}/documents/${id}?part=${part}`;
	if (document) return { href, name: baseName(document) };
	const code = shortId(id);
	if (!ofAllDeals) return { name: t('sent.document.gone'), code };
	return { name: t('sent.document.unnamed'), code, ...(deal_name && { href }) };
}
