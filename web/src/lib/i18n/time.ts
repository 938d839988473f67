const languages = globalThis.navigator?.languages ?? [];
// The words are English, so dates take the reader's own English and no other language.
const locale = languages.find((tag) => tag.startsWith('en')) ?? 'en-GB';

const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' });
const day = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' });
const moment = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
const exact = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' });

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
	['day', 86_400],
	['hour', 3_600],
	['minute', 60]
];

/** "2 hr. ago" within a month, the date before that. */
export function ago(at: string, now = Date.now()): string {
	const elapsed = (Date.parse(at) - now) / 1000;
	if (Math.abs(elapsed) > 30 * 86_400) return day.format(new Date(at));
	for (const [unit, length] of STEPS) {
		if (Math.abs(elapsed) >= length) return relative.format(Math.trunc(elapsed / length), unit);
	}
	return relative.format(0, 'second');
}

export const onDay = (at: string) => day.format(new Date(at));
export const onMoment = (at: string) => moment.format(new Date(at));
export const exactly = (at: string) => exact.format(new Date(at));
