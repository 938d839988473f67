import createClient from 'openapi-fetch';
import { ApiProblem } from './problem';
import type { paths } from './schema';

export const api = createClient<paths>({
	fetch: reach,
	baseUrl: globalThis.location?.origin ?? ''
});

let signedOut: () => void = () => {};

/** Who is told when a call finds that the session has ended. */
export function whenSignedOut(tell: () => void) {
	signedOut = tell;
}

/** The answer's data, or the problem thrown. */
export async function take<T>(
	call: Promise<{ data?: T; error?: unknown; response: Response }>
): Promise<NonNullable<T>> {
	const { data, error, response } = await call;
	if (!response.ok) {
		const problem = ApiProblem.fromResponse(error, response);
		if (problem.code === 'signed_out') signedOut();
		throw problem;
	}
	return data as NonNullable<T>;
}

/** The version a change starts from, as the server's `If-Match` wants it. */
export function ifMatch(version: number) {
	return { 'If-Match': `"${version}"` };
}

async function reach(request: Request) {
	try {
		return await fetch(request);
	} catch (cause) {
		if (request.signal.aborted) throw cause;
		throw ApiProblem.offline();
	}
}
