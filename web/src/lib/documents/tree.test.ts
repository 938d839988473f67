import { expect, test } from 'vitest';
import type { DealDocument } from '$lib/api/types';
import { rowsOf } from './tree';

const at = (folder: string, name: string, state = 'read') =>
	({ id: `${folder}/${name}`, folder, name, state }) as DealDocument;

function told(documents: DealDocument[], closed: string[] = []) {
	return rowsOf(documents, new Set(closed)).map((row) =>
		row.kind === 'folder'
			? `${'  '.repeat(row.depth)}${row.name}/ ${row.count} ${row.stuck} ${row.open ? '-' : '+'}`
			: `${'  '.repeat(row.depth)}${row.document.name}`
	);
}

const ROOM = [
	at('', 'deck.pdf'),
	at('Finance', 'accounts.pdf', 'failed'),
	at('Finance old', 'accounts.pdf'),
	at('Finance/2025', 'model.xlsx', 'locked'),
	at('Legal/Contracts/EU', 'msa.docx')
];

test('documents stand in their folders, and a folder counts what is below it', () => {
	expect(told(ROOM)).toEqual([
		'deck.pdf',
		'Finance/ 2 2 -',
		'  accounts.pdf',
		'  2025/ 1 1 -',
		'    model.xlsx',
		'Finance old/ 1 0 -',
		'  accounts.pdf',
		'Legal/ 1 0 -',
		'  Contracts/ 1 0 -',
		'    EU/ 1 0 -',
		'      msa.docx'
	]);
});

test('a closed folder hides what is below it and still counts it', () => {
	expect(told(ROOM, ['Finance', 'Legal/Contracts'])).toEqual([
		'deck.pdf',
		'Finance/ 2 2 +',
		'Finance old/ 1 0 -',
		'  accounts.pdf',
		'Legal/ 1 0 -',
		'  Contracts/ 1 0 +'
	]);
});

test('a folder has one row, whatever names objects have by themselves', () => {
	const rows = rowsOf(
		[at('__proto__', 'a'), at('constructor', 'b'), at('__proto__', 'c')],
		new Set()
	);
	expect(rows.filter((row) => row.kind === 'folder').map((row) => row.path)).toEqual([
		'__proto__',
		'constructor'
	]);
});
