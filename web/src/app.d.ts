declare global {
	namespace App {
		interface Error {
			message: string;
			code?: string;
			requestId?: string;
		}
		interface PageState {
			/** The run that was started on the way here. */
			started?: string;
		}
	}
}

export {};
