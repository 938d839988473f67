import { overlaps } from './marks';
import type { Block, Span, Table } from './part';

export type Piece =
	| { kind: 'heading'; level: number; block: Block }
	| { kind: 'paragraph' | 'aside'; block: Block }
	| { kind: 'list'; blocks: Block[] }
	| { kind: 'table'; table: Table; number: number };

/** The blocks as a page shows them: items of one list together, rows of one table as that table. */
export function piecesOf(blocks: readonly Block[], tables: readonly Table[]): Piece[] {
	const pieces: Piece[] = [];
	for (const block of blocks) {
		const last = pieces.at(-1);
		if (block.block === 'heading') {
			pieces.push({ kind: 'heading', level: block.level, block });
		} else if (block.block === 'list_item') {
			if (last?.kind === 'list') last.blocks.push(block);
			else pieces.push({ kind: 'list', blocks: [block] });
		} else if (block.block === 'table_row') {
			const table = tables.find((each) => holds(each, block));
			if (!table) pieces.push({ kind: 'paragraph', block });
			else if (last?.kind !== 'table' || last.table !== table)
				pieces.push({ kind: 'table', table, number: tables.indexOf(table) + 1 });
		} else {
			pieces.push({ kind: block.block, block });
		}
	}
	return pieces;
}

/** A row without any text shares no character with its table; it lies between the table's first and last. */
function holds({ cells }: Table, { span }: Block): boolean {
	const [first, last] = [cells[0], cells.at(-1)];
	return Boolean(first && last && first.span.start < span.end + 1 && span.start <= last.span.end);
}

/** Which piece holds the beginning of a mark; the first if none does. */
export function pieceWith(pieces: readonly Piece[], mark: Span | undefined): number {
	if (!mark) return 0;
	const holdsIt = ({ span }: { span: Span }) => overlaps(span, mark);
	const found = pieces.findIndex((piece) => {
		if (piece.kind === 'list') return piece.blocks.some(holdsIt);
		return piece.kind === 'table' ? piece.table.cells.some(holdsIt) : holdsIt(piece.block);
	});
	return Math.max(found, 0);
}
