import { t } from '$lib/i18n';
import type { FieldProblem, Problem } from './types';

/** What a refusal is told from; of `fetch` or of an upload. */
export interface Answer {
	status: number;
	headers: { get: (name: string) => string | null };
}

/** What the server said went wrong, or that it could not be reached (code `offline`). */
export class ApiProblem extends Error {
	readonly code: string;
	readonly status: number;
	readonly fields: FieldProblem[];
	readonly requestId: string | undefined;
	readonly retryAfter: number | undefined;

	constructor(said: Partial<Problem>, status: number, retryAfter?: number) {
		super(said.detail || said.title || t('problem.unexplained', { status }));
		this.name = 'ApiProblem';
		this.code = said.code ?? 'unexplained';
		this.status = status;
		this.fields = said.fields ?? [];
		this.requestId = said.request_id;
		this.retryAfter = retryAfter;
	}

	static offline() {
		return new ApiProblem({ code: 'offline', detail: t('problem.offline') }, 0);
	}

	static fromResponse(body: unknown, response: Answer) {
		const said = isProblem(body) ? body : {};
		return new ApiProblem(said, response.status, seconds(response.headers.get('retry-after')));
	}

	about(field: string) {
		return this.fields.find((entry) => entry.field === field)?.message;
	}

	/** Only these may be tried again unasked: the others would get the same answer. */
	get passing() {
		return this.status === 0 || this.status >= 500;
	}
}

/** Anything thrown, as a problem that can be shown. */
export function asProblem(thrown: unknown): ApiProblem {
	if (thrown instanceof ApiProblem) return thrown;
	console.error(thrown);
	return new ApiProblem({ code: 'internal', detail: t('problem.page') }, 500);
}

function isProblem(body: unknown): body is Partial<Problem> {
	return typeof body === 'object' && body !== null && 'code' in body;
}

function seconds(header: string | null) {
	const value = Number(header);
	return header && Number.isFinite(value) && value > 0 ? Math.ceil(value) : undefined;
}
