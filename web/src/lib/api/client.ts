import createClient from 'openapi-fetch';
import { isMissing, type Missing } from '$lib/next-path';
import { ApiProblem, type Answer } from './problem';
import type { paths } from './schema';

export const api = createClient<paths>({
	fetch: reach,
	baseUrl: globalThis.location?.origin ?? ''
});

let keptOut: (missing: Missing) => void = () => {};

/** Who is told when a call finds that the session has ended, or that something is missing to come in. */
export function whenKeptOut(tell: (missing: Missing) => void) {
	keptOut = tell;
}

/** The answer's data, or the problem thrown. */
export async function take<T>(
	call: Promise<{ data?: T; error?: unknown; response: Response }>
): Promise<NonNullable<T>> {
	const { data, error, response } = await call;
	if (!response.ok) throw refusal(error, response);
	return data as NonNullable<T>;
}

/** An answer and the tag it came with, to ask by whether it still holds. */
export interface Tagged<T> {
	tag: string | null;
	answer: T;
}

/** The answer's data with its tag; what is known already if the server says that it still holds. */
export async function takeTagged<T>(
	call: Promise<{ data?: T; error?: unknown; response: Response }>,
	known: Tagged<NonNullable<T>> | undefined
): Promise<Tagged<NonNullable<T>>> {
	const { response } = await call;
	if (response.status === 304 && known) return known;
	return { answer: await take(call), tag: response.headers.get('etag') };
}

/** The problem that an answer tells; what keeps somebody out is told to whoever waits for that. */
export function refusal(body: unknown, answer: Answer): ApiProblem {
	const problem = ApiProblem.fromResponse(body, answer);
	if (isMissing(problem.code)) keptOut(problem.code);
	return problem;
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
