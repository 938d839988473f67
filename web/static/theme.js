// Runs before the first paint, so that nobody in a dark room is shown a white page.
(() => {
	let chosen = null;
	try {
		chosen = localStorage.getItem('vcconnect.theme');
	} catch {
		// Storage may be refused; the system's choice then holds.
	}
	const dark = matchMedia('(prefers-color-scheme: dark)').matches;
	document.documentElement.dataset.theme =
		chosen === 'dark' || chosen === 'light' ? chosen : dark ? 'dark' : 'light';
})();
