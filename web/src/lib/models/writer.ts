import type { DealModels } from '$lib/api/types';
import { endpointText } from './labels';
import { t } from '$lib/i18n';

/** The word for a report without a model, where an endpoint's id stands otherwise. */
export const NO_MODEL = 'none';

const KEY = 'vcconnect.writer';

/** What was chosen last in this session of the browser; storage may be refused. */
export function lastChoice(): string | null {
	try {
		return sessionStorage.getItem(KEY);
	} catch {
		return null;
	}
}

export function keepChoice(choice: string) {
	try {
		sessionStorage.setItem(KEY, choice);
	} catch {
		return;
	}
}

/**
 * The endpoint to write with, or none: what was chosen if this deal permits it, else the first that is permitted, a local
 * one before one that text would leave the fund for.
 */
export function writerOf(models: DealModels | undefined, chosen: string | null): string {
	if (chosen === NO_MODEL) return NO_MODEL;
	const permitted = models?.endpoints.filter((one) => one.permitted) ?? [];
	const found =
		permitted.find(({ id }) => id === chosen) ??
		permitted.find(({ reach }) => reach === 'local') ??
		permitted[0];
	return found?.id ?? NO_MODEL;
}

/** All that can be chosen from; what is not permitted is seen, not chosen. */
export const writerOptions = ({ endpoints }: DealModels) => [
	{ value: NO_MODEL, text: t('writer.none'), disabled: false },
	...endpoints.map((one) => ({
		value: one.id,
		text: endpointText(one),
		disabled: !one.permitted
	}))
];

/** Where an external model would take the deal's text, each host once. */
export const externalHosts = ({ endpoints }: DealModels) => [
	...new Set(endpoints.filter(({ reach }) => reach === 'external').map(({ host }) => host))
];
