import { untrack } from 'svelte';
import { remember, remembered } from './remembered';

/** Something a person can do here, by palette or, if it has a key, by one keystroke. */
export interface Command {
	id: string;
	title: string;
	run: () => void;
	key?: string;
	/** Kept out of the palette: moving a cursor makes no sense from there. */
	keyOnly?: boolean;
}

class Commands {
	#groups = $state.raw<Command[][]>([]);
	keysOn = $state(remembered('keys') !== 'off');

	get all(): Command[] {
		return this.#groups.flat();
	}

	/** The page's own command wins over one of the shell with the same key. */
	byKey(key: string | undefined): Command | undefined {
		return key === undefined ? undefined : this.all.findLast((entry) => entry.key === key);
	}

	/** Offers commands while the caller is on screen; the answer withdraws them. */
	offer(commands: Command[]) {
		// Offered inside effects, which would otherwise wait for their own change.
		this.#groups = [...untrack(() => this.#groups), commands];
		return () => {
			this.#groups = untrack(() => this.#groups).filter((group) => group !== commands);
		};
	}

	setKeys(on: boolean) {
		this.keysOn = on;
		remember('keys', on ? 'on' : 'off');
	}

	handle(event: KeyboardEvent) {
		if (!this.keysOn || !meantAsCommand(event)) return;
		const command = this.byKey(event.key);
		if (!command) return;
		event.preventDefault();
		command.run();
	}
}

export const commands = new Commands();

function meantAsCommand(event: KeyboardEvent) {
	if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return false;
	if (document.querySelector('dialog[open]')) return false;
	const target = event.target instanceof Element ? event.target : null;
	if (target?.closest('input, textarea, select, [contenteditable]')) return false;
	// Enter on a link or button already means that link or button.
	return !(event.key === 'Enter' && target?.closest('a, button'));
}
