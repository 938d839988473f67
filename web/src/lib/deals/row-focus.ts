/** Moves the keyboard focus through the rows' links, so that Enter and the screen reader follow. */
export function moveRow(step: 1 | -1) {
	const links = [...document.querySelectorAll<HTMLElement>('[data-row]')];
	const at = links.findIndex((link) => link === document.activeElement);
	const next = at < 0 ? (step > 0 ? 0 : links.length - 1) : at + step;
	links[next]?.focus();
}
