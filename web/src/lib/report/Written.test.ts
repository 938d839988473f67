import { fireEvent, render, screen } from '@testing-library/svelte';
import { expect, test, vi } from 'vitest';
import WithReading from '../../testing/WithReading.svelte';
import { Ledger } from './ledger';
import type { Report } from './tree';
import Written from './Written.svelte';

const place = { document: 'd1', part: 7, span: { start: 0, end: 5 }, quote: '€4.2m' };
const cited = (label: string) => ({ label, shown: `Deck.pdf, p. ${label}`, place });
const LEDGER = new Ledger({
	documents: [{ version: 'd1', name: 'Deck.pdf', role: 'deck', reading: '' }],
	sections: [],
	facts: [
		{ label: 'F1', shown: '€4.2m', cite: 'E3', fact: { id: 'f', metric: 'arr' } }
	] as unknown as Report['facts'],
	calcs: [],
	citations: [cited('E2'), cited('E3')] as Report['citations']
} as unknown as Report);

function shown(dropped: number) {
	const show = vi.fn();
	const sentences = [
		{ text: 'ARR is {{fact:F1}} at the end of June.', cites: ['E2', 'E3'] },
		{ text: '<b>Nothing</b> is marked up.', cites: ['E9'] }
	];
	const { container } = render(WithReading, {
		shown: Written,
		given: { sentences, dropped },
		reading: { ledger: LEDGER, opened: null, show }
	});
	return { show, text: container.textContent?.replace(/\s+/g, ' ') ?? '' };
}

test('figures stand in the sentences, their sources behind them, each opening its place', async () => {
	const { show, text } = shown(0);
	expect(text).toContain('ARR is €4.2m at the end of June.[2][3] <b>Nothing</b> is marked up.');
	await fireEvent.click(screen.getByRole('button', { name: /^Source 3:/ }));
	expect(show).toHaveBeenCalledWith('E3', undefined);
});

test('who wrote them stands above, what was left out below', () => {
	expect(shown(0).text).toMatch(/Written by a language model .* not reviewed by a person/);
	expect(shown(0).text).not.toContain('left out');
	expect(shown(2).text).toContain('2 sentences failed a check and were left out');
});
