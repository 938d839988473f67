import { ApiProblem, asProblem } from './api/problem';

/** One form's or one button's conversation with the server. */
export class Sending {
	busy = $state(false);
	problem = $state.raw<ApiProblem | null>(null);

	async run<T>(call: () => Promise<T>): Promise<T | undefined> {
		if (this.busy) return undefined;
		this.busy = true;
		this.problem = null;
		try {
			return await call();
		} catch (thrown) {
			this.problem = asProblem(thrown);
			return undefined;
		} finally {
			this.busy = false;
		}
	}
}
