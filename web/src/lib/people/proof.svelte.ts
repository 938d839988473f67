import { asProblem } from '$lib/api/problem';

/** What the server wants before it changes how somebody signs in: that it is still the same person. */
class Proof {
	/** Whoever waits for an answer is told whether it was given. */
	answer = $state.raw<((proved: boolean) => void) | null>(null);

	/** Calls; if a fresh proof is missing, asks for it and calls again. */
	async before<T>(call: () => Promise<T>): Promise<T> {
		try {
			return await call();
		} catch (thrown) {
			if (asProblem(thrown).code !== 'proof_required' || !(await this.ask())) throw thrown;
			return await call();
		}
	}

	private async ask(): Promise<boolean> {
		this.answer?.(false);
		const proved = await new Promise<boolean>((resolve) => (this.answer = resolve));
		this.answer = null;
		return proved;
	}
}

export const proof = new Proof();
