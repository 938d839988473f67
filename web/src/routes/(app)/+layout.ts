import { error, isRedirect, redirect } from '@sveltejs/kit';
import { session } from '$lib/api/calls';
import { asProblem } from '$lib/api/problem';
import { isMissing, wayIn, type Missing } from '$lib/next-path';

export async function load({ url, untrack }) {
	const to = (missing: Missing): never =>
		redirect(
			307,
			wayIn(
				missing,
				untrack(() => new URL(url))
			)
		);
	try {
		const me = await session.me();
		if (me.standing === 'set_up_needed') to('second_factor_setup_required');
		return { me };
	} catch (thrown) {
		if (isRedirect(thrown)) throw thrown;
		const problem = asProblem(thrown);
		if (isMissing(problem.code)) to(problem.code);
		error(problem.status || 503, {
			message: problem.message,
			requestId: problem.requestId
		});
	}
}
