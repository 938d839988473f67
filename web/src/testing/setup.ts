import { vi } from 'vitest';

// jsdom has neither media queries nor modal dialogs.
vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener: () => {} }));
HTMLDialogElement.prototype.showModal = function () {
	this.open = true;
};
HTMLDialogElement.prototype.close = function () {
	this.open = false;
};
Element.prototype.scrollIntoView = () => {};
