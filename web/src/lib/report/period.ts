import type { Period } from './tree';
import { t } from '$lib/i18n';

const NAMES = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** The time of a figure as exports of the report have it: `30 Jun 2026`, `Q2 2026`, `FY 2025`. */
export function periodText({ kind, end }: Period): string {
	const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(end ?? '') ?? [];
	if (!year || !month || !day) return t('report.period.unknown');
	const at = Number(month);
	const named = `${NAMES[at - 1]} ${year}`;
	switch (kind) {
		case 'month':
			return named;
		case 'quarter':
			return at % 3 === 0 ? `Q${at / 3} ${year}` : t('report.period.quarter', { month: named });
		case 'half':
			return at % 6 === 0 ? `H${at / 6} ${year}` : t('report.period.half', { month: named });
		case 'year':
			return at === 12 ? `FY ${year}` : t('report.period.year', { month: named });
		case 'trailing_year':
			return t('report.period.trailing', { month: named });
		default:
			return `${Number(day)} ${named}`;
	}
}

/** Period and basis as far as they are known; empty if neither is. */
export function whenText(period: Period, basis?: string): string {
	const said = period.end ? [periodText(period)] : [];
	if (basis && basis !== 'unknown') said.push(basis);
	return said.join(', ');
}
