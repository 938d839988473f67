import { t, tOr } from '$lib/i18n';

/** The server's words for what is recorded; a newer server may know more. */
export const ACTIONS = [
	'session.signed_in',
	'session.sign_in_failed',
	'session.ended',
	'invitation.created',
	'invitation.revoked',
	'invitation.accepted',
	'user.changed',
	'deal.created',
	'deal.read',
	'deal.changed',
	'deal.member_set',
	'deal.member_removed',
	'deal.imported',
	'audit.read'
] as const;

export function actionOptions(chosen: string) {
	const words = ACTIONS.includes(chosen as never) || !chosen ? ACTIONS : [...ACTIONS, chosen];
	return [
		{ value: '', text: t('audit.filter.all') },
		...words.map((value) => ({ value: value as string, text: actionText(value) }))
	];
}

export function actionText(word: string): string {
	return tOr(`action.${word}`, plainly(word));
}

/** "member_set" as "Member set", for a word the catalogue does not hold. */
export function plainly(word: string): string {
	const words = word.replace(/[._]+/g, ' ').trim();
	return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What is particular to an entry, on one line; what is empty says nothing. */
export function detailsText(details: unknown): string {
	if (typeof details !== 'object' || details === null) return '';
	const { about, ...around } = details as Record<string, unknown>;
	const pairs = Object.entries(around).map(([name, value]) => pair(name, value));
	return [detailsText(about), ...pairs].filter(Boolean).join(' · ');
}

function pair(name: string, value: unknown): string {
	if (value === null || value === undefined || value === '') return '';
	const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
	return `${name.replaceAll('_', ' ')}: ${text}`;
}
