import { expect, test } from 'vitest';
import type { RunEvent, RunStage } from '$lib/api/types';
import { fold, MOST_FIGURES, NOTHING_YET, stageNow } from './live';
import { lastWritten, milestone, stageLines, stageText } from './stages';

const stage = (stage: RunStage, state: 'running' | 'done', done: number, of: number): RunEvent => ({
	event: 'stage',
	stage,
	state,
	done,
	of
});
const figure = (title: string): RunEvent => ({
	event: 'figure',
	title,
	shown: '€4.2m',
	about: '30 Jun 2025',
	document: 'deck.pdf',
	place: 'p. 7'
});
const numbered = (events: RunEvent[], from = 1) =>
	events.map((event, at) => ({ id: from + at, event }));

const STORY: RunEvent[] = [
	stage('documents', 'running', 12, 14),
	{ event: 'waiting', documents: 2 },
	stage('documents', 'done', 14, 14),
	stage('survey', 'running', 3, 14),
	stage('survey', 'done', 14, 14),
	stage('figures', 'running', 0, 14),
	figure('ARR'),
	{ event: 'document', name: 'deck.pdf', figures: 41, problem: null },
	stage('figures', 'running', 1, 14),
	figure('Runway'),
	{ event: 'section', id: 'traction', title: 'Traction' }
];

test('a replay, whole or in part, changes nothing', () => {
	const told = numbered(STORY);
	const once = fold(NOTHING_YET, told);
	expect(fold(once, told)).toEqual(once);
	expect(fold(once, told.slice(4, 7))).toEqual(once);
	const inPieces = told.reduce((live, each) => fold(live, [each, each]), NOTHING_YET);
	expect(inPieces).toEqual(once);
	expect(once.documents).toHaveLength(1);
	expect(once.found).toBe(2);
});

test('the last word on a stage counts, and newest figures stand first', () => {
	const live = fold(NOTHING_YET, numbered(STORY));
	expect(live.stages.figures).toMatchObject({ state: 'running', done: 1 });
	expect(live.figures.map(({ title }) => title)).toEqual(['Runway', 'ARR']);
	expect(live.sections).toEqual([{ id: 'traction', title: 'Traction' }]);
});

test('what was folded before stays as it was', () => {
	const before = fold(NOTHING_YET, numbered(STORY.slice(0, 7)));
	const copy = structuredClone(before);
	fold(before, numbered(STORY.slice(7), 8));
	expect(before).toEqual(copy);
	expect(NOTHING_YET.figures).toEqual([]);
});

test('a run waits for documents until it is past them', () => {
	const waiting = fold(NOTHING_YET, numbered(STORY.slice(0, 2)));
	expect(waiting.waitsFor).toBe(2);
	const unsaid = fold(NOTHING_YET, numbered([{ event: 'waiting', documents: 1 }]));
	expect(stageLines(unsaid, false)[0]).toMatchObject({ state: 'running', count: '' });
	const again = fold(
		waiting,
		numbered([stage('documents', 'done', 14, 14), { event: 'waiting', documents: 1 }], 3)
	);
	expect(again.stages.documents).toMatchObject({ state: 'running', done: 14 });
	const counting = fold(waiting, numbered([stage('documents', 'running', 13, 14)], 3));
	expect(counting.waitsFor).toBe(2);
	expect(fold(counting, numbered([stage('survey', 'running', 0, 14)], 4)).waitsFor).toBe(0);
});

test('only so many figures are kept as are looked at, all are counted', () => {
	const many = Array.from({ length: MOST_FIGURES + 6 }, (_, at) => figure(`F${at}`));
	const live = fold(NOTHING_YET, numbered(many));
	expect(live.figures).toHaveLength(MOST_FIGURES);
	expect(live.figures[0]?.title).toBe(`F${MOST_FIGURES + 5}`);
	expect(live.found).toBe(MOST_FIGURES + 6);
});

test('a section that is told again stands once', () => {
	const section: RunEvent = { event: 'section', id: 'company', title: 'Company' };
	expect(fold(NOTHING_YET, numbered([section, section])).sections).toHaveLength(1);
});

test('an event that only a newer server knows changes nothing but the number', () => {
	const strange = { event: 'weather' } as unknown as RunEvent;
	expect(fold(NOTHING_YET, [{ id: 7, event: strange }])).toEqual({ ...NOTHING_YET, last: 7 });
});

test('stages have words and counts; one of one is not counted', () => {
	const live = fold(NOTHING_YET, numbered([...STORY, stage('report', 'running', 0, 1)]));
	expect(stageLines(live, false).map(({ text, state, count }) => [state, text, count])).toEqual([
		['done', 'Documents read', '14 of 14'],
		['done', 'Looked through', '14 of 14'],
		['running', 'Figures', '1 of 14'],
		['running', 'Compare, check, write', '']
	]);
	expect(stageNow(live)?.stage).toBe('report');
	expect(stageText(live)).toBe('Compare, check, write');
	expect(stageText(NOTHING_YET)).toBe('');
});

test('a count that goes up is not said aloud, a new stage is', () => {
	const at = (events: number) => milestone(fold(NOTHING_YET, numbered(STORY.slice(0, events))));
	expect(at(1)).toBe('Documents being read');
	expect(at(2)).toContain('Waits for 2 documents');
	expect(at(6)).toBe(at(9));
	expect(at(6)).toBe('Figures');
});

const draft = (section: string, open: string, ...texts: string[]): RunEvent => ({
	event: 'draft',
	section,
	title: section.toUpperCase(),
	sentences: texts.map((text) => ({ text, state: text.includes('!') ? 'dropped' : 'verified' })),
	open
});
const written = (section: string, problem: string | null, ...sentences: string[]): RunEvent => ({
	event: 'written',
	section,
	title: section.toUpperCase(),
	sentences,
	dropped: 1,
	problem
});

test('the newest draft of a section counts until its end stands for all of them', () => {
	const drafts = numbered([draft('arr', 'AR'), draft('arr', 'It g', 'ARR is €4m.', 'No!')]);
	const going = fold(NOTHING_YET, drafts);
	expect(going.prose).toEqual([
		{
			section: 'arr',
			title: 'ARR',
			final: false,
			sentences: [
				{ text: 'ARR is €4m.', state: 'verified' },
				{ text: 'No!', state: 'dropped' }
			],
			open: 'It g'
		}
	]);
	const end = fold(going, [{ id: 3, event: written('arr', null, 'ARR is €4m.') }]);
	expect(end.prose).toEqual([
		{
			section: 'arr',
			title: 'ARR',
			final: true,
			sentences: ['ARR is €4m.'],
			dropped: 1,
			problem: undefined
		}
	]);
});

test('who comes later hears the same, though drafts are gone and numbers are missing', () => {
	const told = [
		{ id: 1, event: stage('writing', 'running', 0, 2) },
		{ id: 2, event: draft('arr', 'A') },
		{ id: 3, event: draft('arr', '', 'ARR is €4m.') },
		{ id: 4, event: written('arr', null, 'ARR is €4m.') },
		{ id: 9, event: draft('burn', 'B') },
		{ id: 23, event: written('burn', 'It did not answer.') }
	];
	const there = fold(NOTHING_YET, told);
	const later = told.filter(({ event }) => event.event !== 'draft');
	expect(fold(NOTHING_YET, later)).toEqual(there);
	// One that was there at first and came back behind number 3.
	expect(fold(fold(NOTHING_YET, told.slice(0, 3)), later)).toEqual(there);
	expect(there.last).toBe(23);
});

test('a section that is asked for anew is a draft again, in its place', () => {
	const failed = [written('arr', 'It did not answer.'), written('burn', null, 'B.')];
	const again = fold(NOTHING_YET, numbered([...failed, draft('arr', 'A')]));
	expect(again.prose.map(({ section, final }) => [section, final])).toEqual([
		['burn', true],
		['arr', false]
	]);
});

test('the stage of writing is there if a model writes', () => {
	const names = (events: RunEvent[], writes: boolean) =>
		stageLines(fold(NOTHING_YET, numbered(events)), writes).map((line) => line.stage);
	expect(names(STORY, false)).not.toContain('writing');
	expect(names(STORY, true).at(-1)).toBe('writing');
	const live = fold(NOTHING_YET, numbered([stage('writing', 'running', 2, 6)]));
	expect(stageLines(live, false).at(-1)).toMatchObject({ state: 'running', count: '2 of 6' });
	expect(stageText(live)).toBe('Sentences of the model, 2 of 6');
});

test('of what is written only whole sections are said aloud', () => {
	const said = (...events: RunEvent[]) => lastWritten(fold(NOTHING_YET, numbered(events)));
	expect(said(draft('arr', 'A', 'ARR is €4m.'))).toBe('');
	const one = written('arr', null, 'ARR is €4m.');
	expect(said(one, draft('burn', 'B'))).toBe('ARR: 1 sentence written.');
	expect(said(one, written('burn', 'It did not answer.'))).toBe('BURN: It did not answer.');
});
