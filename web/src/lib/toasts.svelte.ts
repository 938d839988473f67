export interface Toast {
	id: number;
	text: string;
	tone: 'done' | 'trouble';
}

const SHOWN_MS = 6_000;
const MOST = 3;

class Toasts {
	list = $state<Toast[]>([]);
	#last = 0;

	say(text: string, tone: Toast['tone'] = 'done') {
		const id = ++this.#last;
		this.list = [...this.list, { id, text, tone }].slice(-MOST);
		setTimeout(() => this.dismiss(id), SHOWN_MS);
	}

	dismiss(id: number) {
		this.list = this.list.filter((toast) => toast.id !== id);
	}
}

export const toasts = new Toasts();
