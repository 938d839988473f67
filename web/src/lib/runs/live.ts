import type { DraftSentence, RunEvent, RunStage } from '$lib/api/types';

/** The stages of a run, in their order. */
export const RUN_STAGES = [
	'documents',
	'survey',
	'figures',
	'report',
	'writing'
] as const satisfies readonly RunStage[];

type EventCalled<Name extends RunEvent['event']> = Extract<RunEvent, { event: Name }>;
export type StageTold = EventCalled<'stage'>;
export type DocumentTold = EventCalled<'document'>;
export type FigureTold = EventCalled<'figure'>;
export type EndTold = EventCalled<'ended'>;

/** What a model has written of a section: so far, or in the end. */
export type Prose = { section: string; title: string } & (
	| { final: false; sentences: DraftSentence[]; open: string }
	| { final: true; sentences: string[]; dropped: number; problem: string | undefined }
);

export type Numbered<T> = T & { id: number };

/** A run as far as it has told of itself. */
export interface Live {
	/** Number of the last event that is in here. */
	last: number;
	stages: Partial<Record<RunStage, StageTold>>;
	/** Documents still being read that the run waits for. */
	waitsFor: number;
	/** Newest first. */
	documents: Numbered<DocumentTold>[];
	/** Newest first, and no more than are looked at. */
	figures: Numbered<FigureTold>[];
	/** How many were found, shown or not. */
	found: number;
	sections: { id: string; title: string }[];
	/** Each section once, the one that was begun last first. */
	prose: Prose[];
	ended: EndTold | undefined;
}

export const MOST_FIGURES = 24;

export const NOTHING_YET: Live = {
	last: 0,
	stages: {},
	waitsFor: 0,
	documents: [],
	figures: [],
	found: 0,
	sections: [],
	prose: [],
	ended: undefined
};

/**
 * What is known once these events are heard too, in their order. Those heard before, as in a replay, change nothing.
 * Numbers may be missing: drafts are gone once their section is final.
 */
export function fold(live: Live, told: readonly { id: number; event: RunEvent }[]): Live {
	const next: Live = {
		...live,
		stages: { ...live.stages },
		documents: [...live.documents],
		figures: [...live.figures],
		sections: [...live.sections],
		prose: [...live.prose]
	};
	for (const { id, event } of told) {
		if (id <= next.last) continue;
		next.last = id;
		take(next, id, event);
	}
	next.figures.length = Math.min(next.figures.length, MOST_FIGURES);
	return next;
}

function take(into: Live, id: number, event: RunEvent) {
	switch (event.event) {
		case 'stage':
			into.stages[event.stage] = event;
			// Past its documents, or through with them, a run waits for none.
			if (event.stage !== 'documents' || event.state === 'done') into.waitsFor = 0;
			break;
		case 'waiting':
			into.waitsFor = event.documents;
			into.stages.documents = {
				...(into.stages.documents ?? { event: 'stage', stage: 'documents', done: 0, of: 0 }),
				state: 'running'
			};
			break;
		case 'document':
			into.documents.unshift({ ...event, id });
			break;
		case 'figure':
			into.figures.unshift({ ...event, id });
			into.found += 1;
			break;
		case 'draft': {
			const { section, title, sentences, open } = event;
			place(into, { section, title, final: false, sentences, open });
			break;
		}
		case 'written': {
			const { section, title, sentences, dropped } = event;
			const problem = event.problem ?? undefined;
			place(into, { section, title, final: true, sentences, dropped, problem });
			break;
		}
		case 'section':
			if (!into.sections.some((section) => section.id === event.id))
				into.sections.push({ id: event.id, title: event.title });
			break;
		case 'ended':
			into.ended = event;
			into.waitsFor = 0;
			break;
	}
}

/** The newest word on a section stands for all that was told of it before. */
function place(into: Live, prose: Prose) {
	const at = into.prose.findIndex(({ section }) => section === prose.section);
	if (at < 0) into.prose.unshift(prose);
	else into.prose[at] = prose;
}

/** The stage a run is in: the last that has begun and is not done, in the order of stages. */
export function stageNow({ stages }: Live): StageTold | undefined {
	return RUN_STAGES.map((stage) => stages[stage]).findLast((told) => told?.state === 'running');
}
