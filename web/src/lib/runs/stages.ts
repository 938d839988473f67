import type { RunStage } from '$lib/api/types';
import { t } from '$lib/i18n';
import { RUN_STAGES, stageNow, type Live, type StageTold } from './live';

export interface StageLine {
	stage: RunStage;
	state: 'done' | 'running' | 'ahead';
	text: string;
	/** "5 of 14", where there is something to count. */
	count: string;
	done: number;
	of: number;
}

/** Every stage of a run with how far it is; that of writing only if a model writes. */
export function stageLines(live: Live, writes: boolean): StageLine[] {
	const stages = RUN_STAGES.filter((stage) => stage !== 'writing' || writes || live.stages.writing);
	return stages.map((stage) => {
		const told = live.stages[stage];
		const state = told?.state ?? 'ahead';
		const text = state === 'done' ? t(`runs.stage.${stage}.done`) : t(`runs.stage.${stage}`);
		return { stage, state, text, count: countText(told), done: told?.done ?? 0, of: told?.of ?? 0 };
	});
}

/** Where a run is, on one line: "Figures, 5 of 14". Empty as long as nothing is told. */
export function stageText(live: Live): string {
	const now = stageNow(live);
	if (!now) return '';
	return [t(`runs.stage.${now.stage}`), countText(now)].filter(Boolean).join(', ');
}

/** What of a run is worth saying aloud: a change of stage or what it waits for, never a count that goes up. */
export function milestone(live: Live): string {
	if (live.waitsFor > 0) return t('runs.waits', { n: live.waitsFor });
	const now = stageNow(live);
	return now ? t(`runs.stage.${now.stage}`) : '';
}

/** What of a model's writing is worth saying aloud: a section that is final, never the words as they come. */
export function lastWritten({ prose }: Live): string {
	const last = prose.find((each) => each.final);
	if (!last) return '';
	const { title, problem, sentences } = last;
	if (problem) return t('runs.prose.said.problem', { title, problem });
	return t('runs.prose.said', { title, n: sentences.length });
}

/** One of one says nothing that the words do not. */
const countText = (told: StageTold | undefined) =>
	told && told.of > 1 ? t('runs.stage.of', { done: told.done, of: told.of }) : '';
