import { runs } from '$lib/api/calls';
import { listen, type Told } from '$lib/api/sse';
import type { Run, RunEvent } from '$lib/api/types';
import { fold, NOTHING_YET, type Live } from './live';

export type RunId = Pick<Run, 'deal_id' | 'id'>;

/** Events come in bursts, above all in a replay; the page is drawn once a burst. */
const BURST_MS = 60;
/**
 * A run that nobody looks at is listened to for so long, since each new beginning is recorded as a look at the deal;
 * for no longer, since a browser allows a server few connections.
 */
const LINGER_MS = 60_000;

/** A run as it goes on. */
export class Follow {
	live = $state.raw<Live>(NOTHING_YET);
	lost = $state(false);
	#holders = 0;
	#close: (() => void) | undefined;
	#lingering: ReturnType<typeof setTimeout> | undefined;
	#heard: Told<RunEvent>[] = [];
	#drawing: ReturnType<typeof setTimeout> | undefined;

	constructor(private readonly run: RunId) {}

	/** Listens until the answer is called, and then a while longer. */
	hold(): () => void {
		this.#holders += 1;
		this.#look();
		document.addEventListener('visibilitychange', this.#look);
		return () => {
			this.#holders -= 1;
			if (this.#holders === 0) document.removeEventListener('visibilitychange', this.#look);
			this.#look();
		};
	}

	#look = () => {
		clearTimeout(this.#lingering);
		if (this.#holders > 0 && !document.hidden) this.#listen();
		else if (this.#close) this.#lingering = setTimeout(() => this.#stop(), LINGER_MS);
	};

	#listen() {
		this.#close ??= listen<RunEvent>(runs.eventsHref(this.run), {
			ontold: (told) => {
				this.#heard.push(told);
				if (this.#drawing === undefined) this.#drawing = setTimeout(() => this.#draw(), BURST_MS);
			},
			onlost: (lost) => (this.lost = lost),
			isLast: ({ event }) => event === 'ended'
		});
	}

	#stop() {
		this.#close?.();
		this.#close = undefined;
		this.lost = false;
	}

	#draw() {
		this.#drawing = undefined;
		this.live = fold(this.live, this.#heard);
		this.#heard = [];
	}
}
