import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A number that no document states: a sentence with it must not come into a report. */
export const INVENTED = '987654';

/** What it is called by whoever asks it. */
export const MODEL = 'parrot-1';

interface Asked {
	messages: { role: string; content: string }[];
}

/**
 * A language model of the own network, as far as a test needs one: it repeats what it is given. It quotes a passage word
 * for word, names figures by their placeholders, and invents a number in one sentence of each answer.
 */
export class FakeModel {
	/** How many questions held text of documents. */
	asked = 0;
	/** It writes so slowly that one can watch: milliseconds between pieces. */
	pause = 0;

	private constructor(private readonly server: Server) {}

	static async start(): Promise<FakeModel> {
		const server = createServer((request, response) => {
			const pieces: Buffer[] = [];
			request.on('data', (piece: Buffer) => pieces.push(piece));
			request.on('end', () => {
				if (request.method !== 'POST' || request.url !== '/v1/chat/completions') {
					response.writeHead(404).end();
					return;
				}
				void model.answer(JSON.parse(Buffer.concat(pieces).toString('utf8')) as Asked, response);
			});
		});
		const model = new FakeModel(server);
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		return model;
	}

	get host() {
		return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
	}

	get url() {
		return `http://${this.host}/v1`;
	}

	/** From now on nobody is there. */
	async stop() {
		this.server.closeAllConnections();
		await new Promise<unknown>((resolve) => this.server.close(resolve));
	}

	private async answer({ messages }: Asked, response: ServerResponse) {
		const question = messages.at(-1)?.content ?? '';
		const about = blocks(question);
		if (about.length) this.asked += 1;
		const text = about.length ? JSON.stringify({ sentences: sentences(about) }) : 'ready';
		response.writeHead(200, { 'content-type': 'text/event-stream' });
		for (const content of text.match(/[^]{1,24}/g) ?? []) {
			tell(response, { model: MODEL, choices: [{ index: 0, delta: { content } }] });
			if (this.pause) await new Promise((resolve) => setTimeout(resolve, this.pause));
		}
		tell(response, { model: MODEL, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] });
		response.end('data: [DONE]\n\n');
	}
}

const tell = (response: ServerResponse, event: object) =>
	response.write(`data: ${JSON.stringify(event)}\n\n`);

interface Block {
	name: string;
	text: string;
}

/** What stands between the markers of a prompt: `<<<word name`, the text, `word>>>`. */
function blocks(prompt: string): Block[] {
	const found = prompt.matchAll(/^<<<(\S+) (\S+)\n([^]*?)\n\1>>>$/gm);
	return [...found].map(([, , name = '', text = '']) => ({ name, text }));
}

function sentences(about: Block[]) {
	const figures = about.find(({ name }) => name === 'figures')?.text.split('\n') ?? [];
	const quoted = about.flatMap(({ name, text }) => {
		const quote = /^P\d+$/.test(name) ? wordsOf(text) : undefined;
		return quote ? [{ text: `${quote}.`, quotes: [{ passage: name, quote }] }] : [];
	});
	return [
		...figures.flatMap(figure).slice(0, 2),
		{ text: `Revenue grows to ${INVENTED} next year.`, quotes: [] },
		...quoted.slice(0, 2)
	];
}

/** A line of the list of figures is `F1: ARR, 30 Jun 2025, actual: €4.2m (deck.pdf)`. What is planned is left out. */
function figure(line: string) {
	const [, label, title] = /^([FC]\d+): ([^,:]+).*, (?:actual|calculated): /.exec(line) ?? [];
	if (!label || !title) return [];
	const kind = label.startsWith('C') ? 'calc' : 'fact';
	return [{ text: `${title} is {{${kind}:${label}}} in the documents.`, quotes: [] }];
}

/** A few words of a passage that stand in one line and hold no digit. */
function wordsOf(passage: string): string | undefined {
	const [, ...lines] = passage.split('\n');
	for (const line of lines) {
		const run = /\p{Lu}[\p{Ll}]+(?: [\p{Ll}]+){5,11}(?=[ .]|$)/u.exec(line);
		if (run) return run[0];
	}
	return undefined;
}
