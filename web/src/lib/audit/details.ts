import { kindText, sizeText } from '$lib/documents/states';
import { t, tOr } from '$lib/i18n';
import { actionText, plainly } from './actions';
import { shortId, type Names } from './names';

/** What is particular to an entry, as the server sends it. */
interface Details {
	ip?: string | null;
	about?: Record<string, unknown> | null;
}

export const addressOf = (details: Details) => details.ip ?? '';

/** The person whom an entry is about beside its object. */
export function userOf({ about }: Details): string | undefined {
	return typeof about?.['user'] === 'string' ? about['user'] : undefined;
}

/** On one line what changed, in words; what is empty or did not happen is left out. */
export function detailsText(details: Details, names: Names): string {
	const user = userOf(details);
	const name = user && (names.person(user) ?? shortId(user));
	return (
		Object.entries(details.about ?? {})
			.filter(
				([key, value]) =>
					value !== null && value !== '' && (value !== false || TOLD_IF_NOT.has(key))
			)
			// The sentence of a role holds the name already.
			.filter(([key]) => key !== 'user' || !details.about?.['role'])
			.map(([key, value]) => (WORDINGS[key] ?? unworded(key))(plain(value), name))
			.filter(Boolean)
			.join(' · ')
	);
}

/** Of these it is told too that they are not so. */
const TOLD_IF_NOT = new Set(['allowed']);

type Wording = (value: string, name: string | undefined) => string;

const WORDINGS: Record<string, Wording> = {
	renamed: () => t('audit.about.renamed'),
	stage: (stage) => t('audit.about.stage', { stage: word('stage', stage) }),
	industry: (industry) => t('audit.about.industry', { industry: word('industry', industry) }),
	user: (_, name) => name ?? '',
	role: (role, name) =>
		name
			? t('audit.about.role.for', { role: word('deal_role', role).toLowerCase(), name })
			: t('audit.about.role', { role: word('role', role).toLowerCase() }),
	state: (state) => t('audit.about.state', { state: word('people.state', state).toLowerCase() }),
	by: (by) => word('audit.about.by', by),
	replaced: () => t('audit.about.replaced'),
	sessions_ended: (count) =>
		count === '0' ? '' : t('audit.about.sessions_ended', { n: Number(count) }),
	created: (count) => t('audit.about.created', { n: Number(count) }),
	refused: (count) => (count === '0' ? '' : t('audit.about.refused', { n: Number(count) })),
	rows: (count) => t('audit.about.rows', { n: Number(count) }),
	kind: kindText,
	bytes: (bytes) => sizeText(Number(bytes)),
	words: (words) => t('audit.about.words', { words }),
	hits: (count) => t('search.count', { n: Number(count) }),
	version: (number) => t('audit.about.version', { number }),
	format: (format) => word('audit.about.format', format),
	model: (model) => model,
	host: (host) => host,
	reach: (reach) => word('models.reach', reach).toLowerCase(),
	allowed: (allowed) => word('audit.about.external', allowed),
	part: (part) => t('audit.about.part', { part }),
	as: (form) => word('audit.about.as', form),
	asked: (request) => request,
	code: () => '',
	action: (action) => t('audit.about.action', { action: actionText(action) })
};

const word = (family: string, value: string) => tOr(`${family}.${value}`, plainly(value));

/** For what a newer server tells. */
function unworded(key: string): Wording {
	return (value) => `${key.replaceAll('_', ' ')}: ${value}`;
}

function plain(value: unknown): string {
	return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
