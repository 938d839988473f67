import { cellName, type Place } from './cells';
import { overlaps } from './marks';
import type { SheetCell, Span } from './part';

/** How far above a cell its heading is looked for. */
const REACH = 2000;
/** Rows that the heading of a table may have. */
const NEAR = 4;

/** The first cell that a mark touches. Cells stand in the text one after the other. */
export function markedCell(cells: readonly SheetCell[], mark: Span | undefined) {
	if (!mark) return undefined;
	let [low, high] = [0, cells.length];
	while (low < high) {
		const middle = (low + high) >> 1;
		if ((cells[middle]?.span.end ?? 0) <= mark.start) low = middle + 1;
		else high = middle;
	}
	const found = cells[low];
	return found && overlaps(found.span, mark) ? found : undefined;
}

export interface Heads {
	label?: number | undefined;
	head?: number | undefined;
}

/** The column that names a cell's row, and the row that names its column, as far as there are such. */
export function headsOf(cells: ReadonlyMap<string, SheetCell>, at: Place): Heads {
	const typeOf = (place: Place) => cells.get(cellName(place))?.value.type;
	let label: number | undefined;
	for (let column = 0; column < at.column && label === undefined; column += 1) {
		if (typeOf({ row: at.row, column }) === 'text') label = column;
	}
	const above = Array.from({ length: Math.min(at.row, REACH) }, (_, up) => at.row - 1 - up);
	const typeAbove = (row: number) => typeOf({ row, column: at.column });
	const words = above.find((row) => typeAbove(row) === 'text' || typeAbove(row) === 'date');
	// Often "Actual" stands right above the figures, and the day that they are of a little higher.
	const date = above.find((row) => typeAbove(row) === 'date');
	const near = words !== undefined && date !== undefined && words - date <= NEAR;
	return { label, head: near ? date : words };
}
