import { t, tOr } from '$lib/i18n';

/** The server's words for what is recorded; a newer server may know more. */
export const ACTIONS = [
	'session.signed_in',
	'session.sign_in_failed',
	'session.sign_in_locked',
	'session.password_given',
	'session.second_factor_failed',
	'session.proved',
	'session.ended',
	'invitation.created',
	'invitation.revoked',
	'invitation.accepted',
	'user.changed',
	'user.password_changed',
	'user.sessions_ended',
	'second_factor.offered',
	'second_factor.set',
	'second_factor.removed',
	'second_factor.reset',
	'second_factor.recovery_codes_made',
	'password_reset.created',
	'password_reset.used',
	'model.added',
	'model.tested',
	'model.removed',
	'model.calls_read',
	'deal.created',
	'deal.read',
	'deal.changed',
	'deal.external_models_set',
	'deal.member_set',
	'deal.member_removed',
	'deal.imported',
	'document.added',
	'document.read',
	'document.downloaded',
	'document.retried',
	'document.reading_stopped',
	'document.unlocked',
	'document.removed',
	'run.started',
	'run.cancelled',
	'report.read',
	'report.exported',
	'report.downloaded',
	'report.export_cancelled',
	'report.drawing_stopped',
	'job.hastened',
	'search.done',
	'key.added',
	'key.removed',
	'key.master_replaced',
	'key.recovery_proven',
	'key.unlocked',
	'installation.set_up',
	'console.note_damaged',
	'backup.planned',
	'backup.made',
	'backup.verified',
	'backup.removed',
	'backup.restored',
	'update.installed',
	'update.rolled_back',
	'update.failed',
	'audit.read',
	'request.refused'
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
