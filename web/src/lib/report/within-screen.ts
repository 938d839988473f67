/**
 * Tells a panel that sticks while one scrolls where it begins, as `--from`: until it has come to its place it has less
 * of the screen, and what it shows must not lie below.
 */
export function withinScreen(panel: HTMLElement): () => void {
	const look = () => {
		const { top } = panel.getBoundingClientRect();
		panel.style.setProperty('--from', `${Math.max(0, Math.round(top))}px`);
	};
	look();
	// What stands above it may grow as well.
	const page = new ResizeObserver(look);
	page.observe(document.body);
	addEventListener('scroll', look, { passive: true });
	addEventListener('resize', look);
	return () => {
		page.disconnect();
		removeEventListener('scroll', look);
		removeEventListener('resize', look);
	};
}
