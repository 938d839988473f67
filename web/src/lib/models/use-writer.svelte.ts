import { createQuery } from '@tanstack/svelte-query';
import { models } from '$lib/api/calls';
import { keepChoice, lastChoice, NO_MODEL, writerOf } from './writer';

export const dealModelsKey = (deal: string) => ['models', 'deal', deal];

/** The models of the fund as a deal sees them. */
export const useDealModels = (deal: () => string) =>
	createQuery(() => ({
		queryKey: dealModelsKey(deal()),
		queryFn: () => models.ofDeal(deal())
	}));

/** One choice for all buttons that start a report. */
const session = $state({ chosen: lastChoice() });

/** Who writes the sentences of the deal's next report. */
export function useWriter(deal: () => string) {
	const query = useDealModels(deal);
	return {
		get models() {
			return query.data;
		},
		get chosen() {
			return writerOf(query.data, session.chosen);
		},
		/** Asks first if it is not known yet which models there are, so that none is left out unsaid. */
		async endpoint(): Promise<string | null> {
			const known = query.data ?? (await query.refetch()).data;
			const writer = writerOf(known, session.chosen);
			return writer === NO_MODEL ? null : writer;
		},
		choose(choice: string) {
			session.chosen = choice;
			keepChoice(choice);
		}
	};
}
