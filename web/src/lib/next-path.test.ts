import { expect, test } from 'vitest';
import { loginPath, nextPath } from './next-path';

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
	['/login?next=/login', '/deals']
])('asked for %j, one goes to %j', (asked, path) => {
	expect(nextPath(asked, ORIGIN)).toBe(path);
});

test('the way back survives the sign-in', () => {
	const login = new URL(loginPath(new URL(`${ORIGIN}/deals?stage=inbox&q=a%26b`)), ORIGIN);
	expect(nextPath(login.searchParams.get('next'), ORIGIN)).toBe('/deals?stage=inbox&q=a%26b');
});

test('the plain start needs no way back', () => {
	expect(loginPath(new URL(`${ORIGIN}/deals`))).toBe('/login');
});
