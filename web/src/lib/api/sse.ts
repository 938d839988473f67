/** One message of a stream, with its number within it. */
export interface Told<T> {
	id: number;
	event: T;
}

export interface Listener<T> {
	ontold: (told: Told<T>) => void;
	/** Whether the connection is lost at the moment. It is taken up again unasked. */
	onlost: (lost: boolean) => void;
	/** Whether nothing follows this event. */
	isLast: (event: T) => boolean;
}

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
/** Refusals in a row after which it is left at that; each is recorded by the server. */
const MOST_REFUSALS = 8;
/** A server ends a long stream now and then, and the browser is back within this. */
const GRACE_MS = 3_000;

/**
 * Listens to numbered server-sent events of which none is told twice. The answer ends the listening.
 *
 * A lost connection is taken up again by the browser, which names the last number it has seen. An answer that is no
 * stream makes the browser give up: then a new source is made after a pause, and it hears all from the start; not for
 * ever, though.
 */
export function listen<T>(to: string, { ontold, onlost, isLast }: Listener<T>): () => void {
	let source: EventSource;
	let last = 0;
	let pause = FIRST_PAUSE_MS;
	let refusals = 0;
	let timer: ReturnType<typeof setTimeout> | undefined;
	let grace: ReturnType<typeof setTimeout> | undefined;

	function open() {
		source = new EventSource(to);
		source.onopen = () => {
			refusals = 0;
			clearTimeout(grace);
			grace = undefined;
			onlost(false);
		};
		source.onmessage = hear;
		source.onerror = () => {
			grace ??= setTimeout(() => onlost(true), GRACE_MS);
			if (source.readyState !== EventSource.CLOSED) return;
			refusals += 1;
			if (refusals >= MOST_REFUSALS) return;
			timer = setTimeout(open, pause);
			pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
		};
	}

	function hear({ lastEventId, data }: MessageEvent<string>) {
		const id = Number(lastEventId);
		if (!(id > last)) return;
		last = id;
		pause = FIRST_PAUSE_MS;
		refusals = 0;
		const event = JSON.parse(data) as T;
		ontold({ id, event });
		if (isLast(event)) close();
	}

	function close() {
		clearTimeout(timer);
		clearTimeout(grace);
		source.close();
	}

	open();
	return close;
}
