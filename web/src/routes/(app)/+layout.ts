import { error, redirect } from '@sveltejs/kit';
import { session } from '$lib/api/calls';
import { asProblem } from '$lib/api/problem';
import { loginPath } from '$lib/next-path';

export async function load({ url, untrack }) {
	try {
		return { me: await session.me() };
	} catch (thrown) {
		const problem = asProblem(thrown);
		if (problem.status === 401) redirect(307, loginPath(untrack(() => new URL(url))));
		error(problem.status || 503, {
			message: problem.message,
			requestId: problem.requestId
		});
	}
}
