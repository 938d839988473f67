import { createQuery, useQueryClient } from '@tanstack/svelte-query';
import { goto } from '$app/navigation';
import { page } from '$app/state';
import { documents, reports, runs } from '$lib/api/calls';
import { ApiProblem } from '$lib/api/problem';
import type { ReportSummary, Run, RunPage } from '$lib/api/types';
import { listKey } from '$lib/documents/use-uploads';
import type { EndTold } from './live';

/** Others start runs too, and a stream may be cut off by what lies between. */
const EVERY_MS = 15_000;

export const reportsPath = (deal: string) => `/deals/${deal}/reports`;
export const reportPath = (deal: string, number: number) => `${reportsPath(deal)}/${number}`;
export const runsKey = (deal: string) => ['runs', deal];
export const reportsKey = (deal: string) => ['reports', 'list', deal];

export const goesOn = ({ state }: Run) => state === 'waiting' || state === 'running';

/**
 * Whether a run made the version that it names. One that found nothing new names the one before, and says so; one whose
 * model did not answer has something to say too.
 */
export function madeVersion(
	{ state, sentence, report_number, created_at }: Run,
	versions: readonly ReportSummary[] | undefined
): boolean {
	if (state !== 'done' || typeof report_number !== 'number') return false;
	if (!sentence) return true;
	const known = versions?.find(({ number }) => number === report_number);
	if (!known) return versions !== undefined;
	return Date.parse(known.created_at) >= Date.parse(created_at);
}

/** A deal's runs, newest first. */
export const useRuns = (deal: () => string) =>
	createQuery(() => ({
		queryKey: runsKey(deal()),
		queryFn: () => runs.list(deal(), { limit: 50 }),
		// Who may not look any more is not asked for again: each refusal is recorded.
		refetchInterval: ({ state }) =>
			state.error instanceof ApiProblem && state.error.status < 500 ? false : EVERY_MS
	}));

/** The newest version of a deal's report, if there is one. */
export const useLatestReport = (deal: () => string) =>
	createQuery(() => ({
		queryKey: [...reportsKey(deal()), 'latest'],
		queryFn: () => reports.list(deal(), { limit: 1 })
	}));

/** How many documents a deal has. */
export const useDocumentCount = (deal: () => string) =>
	createQuery(() => ({
		// Below the key of the list, so that what changes the list is asked for here too.
		queryKey: [...listKey(deal()), 'count'],
		queryFn: async () => (await documents.list(deal(), { limit: 1 })).answer.total
	}));

/** Starts a run, with sentences of a model or none, and leads to where it is shown. */
export function useStart(): (deal: string, model: string | null) => Promise<void> {
	const queries = useQueryClient();
	return async (deal, model) => {
		const started = await startOf(deal, model);
		if (started) {
			queries.setQueryData<RunPage>(runsKey(deal), (known) => ({
				items: [started, ...(known?.items ?? [])],
				next_cursor: known?.next_cursor ?? null
			}));
		} else {
			await queries.invalidateQueries({ queryKey: runsKey(deal) });
		}
		const path = reportsPath(deal);
		await goto(path, {
			replaceState: page.url.pathname === path,
			keepFocus: true,
			noScroll: page.url.pathname === path,
			state: started ? { started: started.id } : {}
		});
	};
}

/** Undefined if somebody else was quicker: their run is the one to watch. */
async function startOf(deal: string, model: string | null): Promise<Run | undefined> {
	try {
		return await runs.start(deal, model);
	} catch (thrown) {
		if (!(thrown instanceof ApiProblem) || thrown.code !== 'wrong_state') throw thrown;
		const { items } = await runs.list(deal, { limit: 1 });
		if (!items.some(goesOn)) throw thrown;
		return undefined;
	}
}

/** The runs as they are known once one of them has ended. */
export function withEnd(
	known: RunPage | undefined,
	id: string,
	end: EndTold,
	at: string
): RunPage | undefined {
	if (!known) return undefined;
	const { state, sentence, report_number } = end;
	const ended = {
		state,
		sentence: sentence ?? null,
		report_number: report_number ?? null,
		ended_at: at
	};
	return {
		...known,
		items: known.items.map((run) => (run.id === id ? { ...run, ...ended } : run))
	};
}
