/** On a frame that is itself to stay where it is: only what is inside moves. */
export const STILL = 'data-still';

/** Brings an element into the middle of each frame around it in which it is not to be seen. At once: no one is carried along. */
export function reveal(element: Element) {
	for (let frame = element.parentElement; frame; frame = frame.parentElement) {
		if (frame === document.body) return centre(document.documentElement, element);
		if (scrolls(frame)) centre(frame, element);
		if (frame.hasAttribute(STILL)) return;
	}
}

function scrolls(frame: Element) {
	const { overflowX, overflowY } = getComputedStyle(frame);
	return [overflowX, overflowY].some((overflow) => overflow === 'auto' || overflow === 'scroll');
}

function centre(frame: Element, element: Element) {
	const inner = element.getBoundingClientRect();
	const outer = sight(frame);
	frame.scrollBy({
		top: way(inner.top, inner.bottom, outer.top, outer.bottom),
		left: way(inner.left, inner.right, outer.left, outer.right),
		behavior: 'instant'
	});
}

/** What can be seen of a frame: without what its style says lies on top of it. */
function sight(frame: Element) {
	const page = frame === document.documentElement;
	const { left, top, right, bottom } = page
		? new DOMRect(0, 0, innerWidth, innerHeight)
		: frame.getBoundingClientRect();
	const { scrollPaddingTop, scrollPaddingLeft } = getComputedStyle(frame);
	return {
		left: left + (parseFloat(scrollPaddingLeft) || 0),
		top: top + (parseFloat(scrollPaddingTop) || 0),
		right,
		bottom
	};
}

/** How far to go in one direction, so that a stretch stands in the middle of another one unless it is within it. */
function way(start: number, end: number, from: number, to: number) {
	return start >= from && end <= to ? 0 : (start + end) / 2 - (from + to) / 2;
}
