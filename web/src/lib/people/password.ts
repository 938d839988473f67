import { t } from '$lib/i18n';

export const MINIMUM = 12;
const GOOD = 16;

export type Strength =
	| { grade: 'empty' | 'repeats' | 'personal' | 'enough' | 'good' }
	| { grade: 'short'; missing: number };

/** A hint while typing; the server alone decides what it accepts. */
export function strength(password: string, known: string[] = []): Strength {
	if (password === '') return { grade: 'empty' };
	const length = [...password].length;
	if (length < MINIMUM) return { grade: 'short', missing: MINIMUM - length };
	if (new Set(password.toLowerCase()).size < 5) return { grade: 'repeats' };
	if (known.some((word) => holds(password, word))) return { grade: 'personal' };
	return { grade: length < GOOD ? 'enough' : 'good' };
}

/** The same in a sentence. */
export function advice(password: string, known: string[]): string {
	const found = strength(password, known);
	return found.grade === 'short'
		? t('password.short', { n: found.missing })
		: t(`password.${found.grade}`);
}

function holds(password: string, known: string) {
	const parts = known.toLowerCase().split(/[\s@.]+/);
	return parts.some((part) => part.length > 3 && password.toLowerCase().includes(part));
}
