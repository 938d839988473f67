// A part of a document as the reader stores it: its text, and how the text stands on its surface. The contract of the
// API leaves it open; these are the shapes of the `model` crate.

/** A stretch of a part's text in Unicode scalar values, end exclusive. */
export interface Span {
	start: number;
	end: number;
}

/** A box on a surface, origin at the top left. */
export interface Bounds {
	x0: number;
	y0: number;
	x1: number;
	y1: number;
}

export interface Size {
	width: number;
	height: number;
}

export interface Part {
	number: number;
	name?: string;
	text: string;
	layout: Layout;
	tables?: Table[];
}

export type Layout =
	| ({ kind: 'page' } & PageLayout)
	| ({ kind: 'sheet' } & SheetLayout)
	| ({ kind: 'slide' } & SlideLayout)
	| ({ kind: 'flow' } & FlowLayout)
	| { kind: 'plain' };

export interface PageLayout {
	size: Size;
	source: { from: 'text_layer' } | { from: 'ocr'; confidence: number } | { from: 'nothing' };
	words: { span: Span; bounds: Bounds }[];
}

export interface SheetLayout {
	rows: number;
	columns: number;
	hidden: boolean;
	cells: SheetCell[];
}

export interface SheetCell {
	/** As in a workbook: `F14`. */
	at: string;
	span: Span;
	value: { type: 'text' | 'number' | 'date' | 'bool' | 'error'; value: string | number | boolean };
	formula?: string;
	format?: string;
}

export interface SlideLayout {
	size: Size;
	hidden: boolean;
	shapes: Shape[];
}

export interface Shape {
	id: number;
	kind: 'title' | 'text' | 'table' | 'chart' | 'picture' | 'notes';
	bounds?: Bounds;
	paragraphs: Span[];
}

export interface FlowLayout {
	blocks: Block[];
}

export type Block = { number: number; span: Span } & (
	{ block: 'heading'; level: number } | { block: 'paragraph' | 'list_item' | 'table_row' | 'aside' }
);

export interface Table {
	rows: number;
	columns: number;
	cells: { at: string; span: Span }[];
}
