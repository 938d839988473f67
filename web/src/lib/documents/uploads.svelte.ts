import { ApiProblem, asProblem } from '$lib/api/problem';
import type { Sent } from '$lib/api/upload';
import type { Picked, Walked } from './walk';
import { withoutSystemFiles } from './walk';

export type Send = (picked: Picked, onsent: (bytes: number) => void) => Sent<unknown>;

/** One file on its way. What was stored leaves the queue; what was refused stays until it is dismissed. */
export class Upload {
	state = $state<'waiting' | 'sending' | 'refused'>('waiting');
	sent = $state(0);
	problem = $state.raw<ApiProblem | null>(null);
	cancel: () => void = () => {};

	constructor(
		readonly id: number,
		readonly picked: Picked
	) {}

	/** The content is here already: nothing is lost and nothing has to be done. */
	get known() {
		return this.problem?.code === 'already_exists';
	}
}

const AT_ONCE = 3;

/** Files on their way into one deal: in order, a few at a time, and none stops another. */
export class Uploads {
	list = $state.raw<Upload[]>([]);
	/** Of the files that were added since the queue was last at rest. */
	stored = $state(0);
	total = $state(0);
	leftOut = $state(0);
	unread = $state.raw<string[]>([]);
	cut = $state(false);
	#last = 0;

	constructor(
		private readonly send: Send,
		private readonly onstored: () => void
	) {}

	get underWay() {
		return this.list.filter((upload) => upload.state !== 'refused');
	}

	get refused() {
		return this.list.filter((upload) => upload.state === 'refused');
	}

	get busy() {
		return this.underWay.length > 0;
	}

	add({ picked, unread, cut }: Walked) {
		const { wanted, leftOut } = withoutSystemFiles(picked);
		if (!this.busy) this.stored = this.total = 0;
		this.leftOut = leftOut;
		this.unread = unread;
		this.cut = cut;
		this.total += wanted.length;
		this.list = [...this.list, ...wanted.map((each) => new Upload(++this.#last, each))];
		this.#go();
	}

	again(upload: Upload) {
		if (!this.busy) this.stored = this.total = 0;
		this.total += 1;
		upload.state = 'waiting';
		upload.sent = 0;
		upload.problem = null;
		this.#go();
	}

	cancel(upload: Upload) {
		if (upload.state === 'sending') upload.cancel();
		this.#leave(upload);
		this.total -= 1;
		this.#go();
	}

	cancelAll() {
		const given = this.underWay;
		this.list = this.refused;
		this.total -= given.length;
		for (const upload of given) if (upload.state === 'sending') upload.cancel();
		this.#guard();
	}

	dismiss(upload: Upload) {
		this.#leave(upload);
	}

	/** Takes away every word about what is over. */
	dismissAll() {
		this.list = this.underWay;
		this.leftOut = 0;
		this.unread = [];
		this.cut = false;
	}

	#leave(upload: Upload) {
		this.list = this.list.filter((each) => each !== upload);
	}

	#go() {
		const sending = this.list.filter((upload) => upload.state === 'sending').length;
		const waiting = this.list.filter((upload) => upload.state === 'waiting');
		for (const upload of waiting.slice(0, AT_ONCE - sending)) void this.#start(upload);
		this.#guard();
	}

	async #start(upload: Upload) {
		upload.state = 'sending';
		try {
			const sent = this.send(upload.picked, (bytes) => (upload.sent = bytes));
			upload.cancel = sent.cancel;
			await sent.stored;
			this.#leave(upload);
			this.stored += 1;
			this.onstored();
		} catch (thrown) {
			upload.problem = asProblem(thrown);
			upload.state = 'refused';
		}
		this.#go();
	}

	/** The browser asks before it leaves a page with files under way. */
	#guard() {
		if (this.busy) addEventListener('beforeunload', ask);
		else removeEventListener('beforeunload', ask);
	}
}

function ask(event: BeforeUnloadEvent) {
	event.preventDefault();
}
