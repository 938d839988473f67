import { remember, remembered } from './remembered';

type Theme = 'light' | 'dark';

class ThemeChoice {
	current = $state<Theme>(document.documentElement.dataset['theme'] === 'dark' ? 'dark' : 'light');

	constructor() {
		matchMedia('(prefers-color-scheme: dark)').addEventListener('change', (event) => {
			if (remembered('theme') === null) this.#show(event.matches ? 'dark' : 'light');
		});
	}

	toggle() {
		this.#show(this.current === 'dark' ? 'light' : 'dark');
		remember('theme', this.current);
	}

	#show(next: Theme) {
		this.current = next;
		document.documentElement.dataset['theme'] = next;
	}
}

export const theme = new ThemeChoice();
