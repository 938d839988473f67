import type { Sending } from '$lib/sending.svelte';

/** Seconds until the server takes another attempt. */
export class Wait {
	seconds = $state(0);

	constructor() {
		$effect(() => {
			if (this.seconds === 0) return;
			const tick = setTimeout(() => (this.seconds -= 1), 1000);
			return () => clearTimeout(tick);
		});
	}

	/** Counts down in place of a problem that says so. */
	after(sending: Sending) {
		this.seconds = sending.problem?.retryAfter ?? 0;
		if (this.seconds > 0) sending.problem = null;
	}
}
