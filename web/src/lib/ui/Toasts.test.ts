import { fireEvent, render, screen } from '@testing-library/svelte';
import { tick } from 'svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { toasts } from '$lib/toasts.svelte';
import Toasts from './Toasts.svelte';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const shown = () => [...document.querySelectorAll('[role=status] p')].map((p) => p.textContent);

async function later(ms: number) {
	vi.advanceTimersByTime(ms);
	await tick();
}

test('three are shown, the newest last, and trouble stays longer', async () => {
	render(Toasts);
	toasts.say('one');
	toasts.say('two');
	toasts.say('three', 'trouble');
	toasts.say('four');
	await tick();
	expect(shown()).toEqual(['two', 'three', 'four']);
	await later(6_000);
	expect(shown()).toEqual(['three']);
	await later(4_000);
	expect(shown()).toEqual([]);
});

test('one that is looked at waits', async () => {
	render(Toasts);
	toasts.say('Saved.');
	await tick();
	await later(5_000);
	const dismiss = screen.getByRole('button');
	await fireEvent.focusIn(dismiss);
	await later(60_000);
	expect(shown()).toEqual(['Saved.']);
	await fireEvent.focusOut(dismiss);
	await later(999);
	expect(shown()).toEqual(['Saved.']);
	await later(1);
	expect(shown()).toEqual([]);
});
