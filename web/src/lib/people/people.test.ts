import { expect, test } from 'vitest';
import { ago } from '../i18n/time';
import { t } from '../i18n';
import { browserName } from './browser-name';
import { strength } from './password';

test.each([
	['', 'empty'],
	['eleven char', 'short'],
	['aaaaaaaaaaaaaa', 'repeats'],
	['keller is great!', 'personal'],
	['twelve chars', 'enough'],
	['four unrelated words', 'good']
])('%j is judged %s', (password, grade) => {
	expect(strength(password, ['Ada Keller', 'ada@fund.example']).grade).toBe(grade);
});

test('a letter outside the basic plane counts once', () => {
	expect(strength('🔑'.repeat(11))).toEqual({ grade: 'short', missing: 1 });
});

test('sentences choose their number', () => {
	expect(t('password.short', { n: 1 })).toBe('1 more character needed.');
	expect(t('import.done', { n: 1200 })).toBe('1,200 deals imported.');
});

test('a moment is told from now, an old one by its date', () => {
	const now = Date.parse('2026-03-10T12:00:00Z');
	expect(ago('2026-03-10T11:59:30Z', now)).toBe('now');
	expect(ago('2026-03-10T10:00:00Z', now)).toMatch(/2 h/);
	expect(ago('2025-01-05T12:00:00Z', now)).toContain('2025');
});

test('a browser is named by what sets it apart', () => {
	const edge =
		'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0';
	expect(browserName(edge)).toBe('Edge on Windows');
	expect(browserName('curl/8.5')).toBe('curl/8.5');
});
