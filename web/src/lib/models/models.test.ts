import { expect, test } from 'vitest';
import type { DealModel, DealModels, ModelCall, ModelReach } from '$lib/api/types';
import { durationText, endpointText } from './labels';
import { passageLines, sentCharacters } from './sent';
import { externalHosts, NO_MODEL, writerOf, writerOptions } from './writer';

const model = (id: string, reach: ModelReach, permitted: boolean): DealModel => ({
	id,
	name: `Model ${id}`,
	host: `${id}:8080`,
	model: 'llama-3.1-70b',
	reach,
	permitted
});
const of = (...endpoints: DealModel[]): DealModels => ({ external_allowed: false, endpoints });

const OFFICE = model('office', 'local', true);
const CLOUD = model('cloud', 'external', true);
const REFUSED = model('refused', 'external', false);

test('an endpoint is told with its model and where it runs, or why it must not be asked', () => {
	expect(endpointText(OFFICE)).toBe('Model office (llama-3.1-70b, local)');
	expect(endpointText(CLOUD)).toBe('Model cloud (llama-3.1-70b, external)');
	expect(endpointText(REFUSED)).toBe('Model refused (llama-3.1-70b, external): local models only');
});

test('what is not permitted is seen and cannot be chosen', () => {
	expect(writerOptions(of(OFFICE, REFUSED)).map(({ value, ...rest }) => [value, rest])).toEqual([
		[NO_MODEL, { text: 'No language model', disabled: false }],
		['office', { text: endpointText(OFFICE), disabled: false }],
		['refused', { text: endpointText(REFUSED), disabled: true }]
	]);
});

test.each([
	['what was chosen', of(OFFICE, CLOUD), 'cloud', 'cloud'],
	['a local one before an external one', of(CLOUD, OFFICE), null, 'office'],
	['the first that is permitted', of(REFUSED, CLOUD), null, 'cloud'],
	['none, if none was chosen', of(OFFICE), NO_MODEL, NO_MODEL],
	['another, if what was chosen is not permitted here', of(REFUSED, OFFICE), 'refused', 'office'],
	['another, if what was chosen is gone', of(OFFICE), 'gone', 'office'],
	['none, if none is permitted', of(REFUSED), 'refused', NO_MODEL],
	['none, as long as nothing is known', undefined, 'office', NO_MODEL]
])('sentences are by %s', (_, models, chosen, writer) => {
	expect(writerOf(models, chosen)).toBe(writer);
});

test('hosts outside are named once each', () => {
	expect(externalHosts(of(OFFICE, CLOUD, REFUSED, CLOUD))).toEqual(['cloud:8080', 'refused:8080']);
});

test('how long it took is told as exactly as somebody waits', () => {
	expect(durationText(340)).toBe('340 ms');
	expect(durationText(2_440)).toBe('2.4 s');
});

const call = (deal_name: string | null, document: string | null) =>
	({
		deal_id: 'd1',
		deal_name,
		passages: [
			{ document_id: '0192-abcdef', document, part: 7, characters: 1_200 },
			{ document_id: '0192-abcdef', document, part: 9, characters: 300 }
		]
	}) as ModelCall;

test('a passage leads to its place, as far as the reader may go', () => {
	const href = '/deals/d1/documents/0192-abcdef?part=7';
	const first = (of: ModelCall, all: boolean) => passageLines(of, all)[0];
	const place = { part: 'part 7', characters: '1,200 characters' };
	expect(first(call('Northwind', '01 Pitch/Deck.pdf'), false)).toEqual({
		href,
		name: 'Deck.pdf',
		...place
	});
	const code = 'abcdef';
	expect(first(call('Northwind', null), false)).toEqual({
		name: 'A document that was removed since',
		code,
		...place
	});
	expect(first(call('Northwind', null), true)).toEqual({
		href,
		name: 'Document',
		code,
		...place
	});
	expect(first(call(null, null), true)).toEqual({ name: 'Document', code, ...place });
	expect(sentCharacters(call(null, null))).toBe('1,500 characters');
});
