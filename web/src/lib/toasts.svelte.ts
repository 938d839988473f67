export interface Toast {
	id: number;
	text: string;
	tone: 'done' | 'trouble';
}

const MOST = 3;

class Toasts {
	list = $state.raw<Toast[]>([]);
	#last = 0;

	say(text: string, tone: Toast['tone'] = 'done') {
		this.list = [...this.list, { id: ++this.#last, text, tone }].slice(-MOST);
	}

	dismiss(id: number) {
		this.list = this.list.filter((toast) => toast.id !== id);
	}
}

export const toasts = new Toasts();
