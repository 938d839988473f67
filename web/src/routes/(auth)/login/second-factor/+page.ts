import { redirect } from '@sveltejs/kit';
import { session } from '$lib/api/calls';
import { asProblem } from '$lib/api/problem';
import { isMissing, nextPath, wayIn } from '$lib/next-path';

/** For whoever must set one up; others are led on. */
export async function load({ url }) {
	const next = nextPath(url.searchParams.get('next'));
	const back = new URL(next, url);
	const me = await session.me().catch((thrown: unknown) => {
		const { code } = asProblem(thrown);
		redirect(307, wayIn(isMissing(code) ? code : 'signed_out', back));
	});
	if (me.standing === 'signed_in') redirect(307, next);
	return { next };
}
