import { refusal } from './client';
import { ApiProblem } from './problem';

export interface Sent<T> {
	stored: Promise<T>;
	/** `stored` then never settles. */
	cancel: () => void;
}

/** Sends one file as a form's field `file`. By XMLHttpRequest: `fetch` does not tell how much has left. */
export function upload<T>(
	to: string,
	file: Blob,
	name: string,
	onsent: (bytes: number) => void
): Sent<T> {
	const request = new XMLHttpRequest();
	const stored = new Promise<T>((resolve, reject) => {
		request.upload.onprogress = (event) => onsent(event.loaded);
		request.onload = () => {
			if (request.status >= 200 && request.status < 300) resolve(request.response as T);
			else reject(refusal(request.response, answerOf(request)));
		};
		request.onerror = () => reject(ApiProblem.offline());
	});
	const form = new FormData();
	form.append('file', file, name);
	request.open('POST', to);
	request.responseType = 'json';
	request.setRequestHeader('Accept', 'application/json');
	request.send(form);
	return { stored, cancel: () => request.abort() };
}

const answerOf = (request: XMLHttpRequest) => ({
	status: request.status,
	headers: { get: (name: string) => request.getResponseHeader(name) }
});
