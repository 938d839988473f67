import { t } from '$lib/i18n';

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** "2 min 05 s". A clock that runs behind the server's shows no time rather than a negative one. */
export function elapsedText(from: string, to: number): string {
	const seconds = Math.max(0, Math.floor((to - Date.parse(from)) / 1000));
	const two = (value: number) => String(value).padStart(2, '0');
	if (seconds < MINUTE) return t('runs.elapsed.seconds', { s: seconds });
	if (seconds < HOUR)
		return t('runs.elapsed.minutes', {
			min: Math.floor(seconds / MINUTE),
			s: two(seconds % MINUTE)
		});
	return t('runs.elapsed.hours', {
		h: Math.floor(seconds / HOUR),
		min: two(Math.floor((seconds % HOUR) / MINUTE))
	});
}
