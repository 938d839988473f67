/** Row and column of a cell, both from 0. */
export interface Place {
	row: number;
	column: number;
}

/** `F14` as its place. */
export function placeOf(name: string): Place {
	const [, letters = '', digits = ''] = /^([A-Z]+)(\d+)$/.exec(name) ?? [];
	const column = [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;
	return { row: Number(digits) - 1, column };
}

/** 0 as `A`, 26 as `AA`. */
export function columnName(column: number): string {
	let name = '';
	for (let rest = column + 1; rest > 0; rest = Math.floor((rest - 1) / 26)) {
		name = String.fromCharCode(65 + ((rest - 1) % 26)) + name;
	}
	return name;
}

export const cellName = ({ row, column }: Place) => `${columnName(column)}${row + 1}`;

/** What has a cell's name, by that name. */
export function byName<T extends { at: string }>(cells: readonly T[]): Map<string, T> {
	return new Map(cells.map((cell) => [cell.at, cell]));
}
