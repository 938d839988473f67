import { expect, test } from 'vitest';
import { isMissing, nextPath, wayIn, wayOn } from './next-path';

const ORIGIN = 'https://desk.fund.example';

test.each([
	['/deals/1?tab=facts', '/deals/1?tab=facts'],
	['/settings/audit#last', '/settings/audit#last'],
	[null, '/deals'],
	['', '/deals'],
	['https://evil.example/deals', '/deals'],
	['//evil.example/deals', '/deals'],
	['/\\evil.example', '/deals'],
	['/\t/evil.example', '/deals'],
	['javascript:alert(1)', '/deals'],
	['/login?next=/login', '/deals'],
	['/login/code', '/deals']
])('asked for %j, one goes to %j', (asked, path) => {
	expect(nextPath(asked, ORIGIN)).toBe(path);
});

test('the way back survives the sign-in', () => {
	const login = new URL(
		wayIn('signed_out', new URL(`${ORIGIN}/deals?stage=inbox&q=a%26b`)),
		ORIGIN
	);
	expect(nextPath(login.searchParams.get('next'), ORIGIN)).toBe('/deals?stage=inbox&q=a%26b');
});

test('the plain start needs no way back', () => {
	expect(wayIn('signed_out', new URL(`${ORIGIN}/deals`))).toBe('/login');
});

test('what is missing is given on a page of its own', () => {
	const from = new URL(`${ORIGIN}/settings/audit`);
	expect(wayIn('second_factor_required', from)).toBe('/login/code?next=%2Fsettings%2Faudit');
	expect(wayIn('second_factor_setup_required', from)).toMatch(/^\/login\/second-factor\?next=/);
	expect(isMissing('proof_required')).toBe(false);
});

test('after the password one goes where the server says', () => {
	expect(wayOn('signed_in', '/deals/1')).toBe('/deals/1');
	expect(wayOn('code_needed', '/deals/1')).toBe('/login/code?next=%2Fdeals%2F1');
	expect(wayOn('set_up_needed', '/deals')).toBe('/login/second-factor');
});
