import type { ReportSummary } from '$lib/api/types';
import { t } from '$lib/i18n';

/** "61 %"; a kind of company that needs no figure is covered by none. */
export function percentText({ found, required }: ReportSummary['coverage']): string {
	if (required === 0) return t('reports.coverage.percent', { percent: 0 });
	// Down, never up: 100 % is said only of what is whole.
	return t('reports.coverage.percent', { percent: Math.floor((100 * found) / required) });
}
