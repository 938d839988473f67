import { afterEach, expect, test, vi } from 'vitest';
import { commands } from './commands.svelte';

const run = vi.fn();
let withdraw = commands.offer([{ id: 'new', title: 'New', key: 'n', run }]);

afterEach(() => {
	withdraw();
	withdraw = commands.offer([{ id: 'new', title: 'New', key: 'n', run }]);
	commands.setKeys(true);
	document.body.replaceChildren();
	run.mockReset();
});

function press(key: string, on: Element = document.body, modifiers: KeyboardEventInit = {}) {
	const event = new KeyboardEvent('keydown', { key, bubbles: true, ...modifiers });
	on.addEventListener('keydown', (heard) => commands.handle(heard as KeyboardEvent), {
		once: true
	});
	on.dispatchEvent(event);
}

test('a key runs its command until it is withdrawn', () => {
	press('n');
	expect(run).toHaveBeenCalledOnce();
	withdraw();
	press('n');
	expect(run).toHaveBeenCalledOnce();
});

test('of two commands with one key the later offer is meant', () => {
	const page = { id: 'page.new', title: 'New here', key: 'n', run: vi.fn() };
	const leave = commands.offer([page]);
	press('n');
	expect(page.run).toHaveBeenCalledOnce();
	expect(run).not.toHaveBeenCalled();
	expect(commands.byKey('n')).toBe(page);
	leave();
	expect(commands.byKey('n')?.id).toBe('new');
	expect(commands.byKey(undefined)).toBeUndefined();
});

test.each(['input', 'textarea', 'select'])('typing in %s is no command', (tag) => {
	press('n', document.body.appendChild(document.createElement(tag)));
	expect(run).not.toHaveBeenCalled();
});

test('neither the browser’s own chords nor an open dialog start one', () => {
	press('n', document.body, { ctrlKey: true });
	document.body.appendChild(document.createElement('dialog')).setAttribute('open', '');
	press('n');
	expect(run).not.toHaveBeenCalled();
});

test('turned off, they stay off', () => {
	commands.setKeys(false);
	press('n');
	expect(run).not.toHaveBeenCalled();
	expect(localStorage.getItem('vcconnect.keys')).toBe('off');
});
