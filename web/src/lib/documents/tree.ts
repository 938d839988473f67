import type { DealDocument } from '$lib/api/types';

export interface FolderRow {
	kind: 'folder';
	/** Its whole path, which names it. */
	path: string;
	name: string;
	depth: number;
	/** Documents in it and below. */
	count: number;
	/** Of these, how many wait for somebody: locked or failed. */
	stuck: number;
	open: boolean;
}

export interface DocumentRow {
	kind: 'document';
	document: DealDocument;
	depth: number;
}

export type Row = FolderRow | DocumentRow;

interface Folder {
	path: string;
	name: string;
	folders: Map<string, Folder>;
	documents: DealDocument[];
}

const make = (path: string, name: string): Folder => ({
	path,
	name,
	folders: new Map(),
	documents: []
});

/** The data room as rows: what lies in a folder under its row, documents before folders, in the server's order. */
export function rowsOf(documents: readonly DealDocument[], closed: ReadonlySet<string>): Row[] {
	const root = make('', '');
	for (const document of documents) folderOf(root, document.folder).documents.push(document);
	return inside(root, 0, closed);
}

function folderOf(root: Folder, path: string): Folder {
	let at = root;
	for (const step of path.split('/').filter(Boolean)) {
		const next = at.folders.get(step) ?? make(at.path ? `${at.path}/${step}` : step, step);
		at.folders.set(step, next);
		at = next;
	}
	return at;
}

function inside(folder: Folder, depth: number, closed: ReadonlySet<string>): Row[] {
	return [
		...folder.documents.map((document): Row => ({ kind: 'document', document, depth })),
		...[...folder.folders.values()].flatMap((each): Row[] => {
			const all = below(each);
			const open = !closed.has(each.path);
			const { path, name } = each;
			const stuck = all.filter(({ state }) => state === 'locked' || state === 'failed').length;
			return [
				{ kind: 'folder', path, name, depth, count: all.length, stuck, open },
				...(open ? inside(each, depth + 1, closed) : [])
			];
		})
	];
}

function below(folder: Folder): DealDocument[] {
	return [...folder.documents, ...[...folder.folders.values()].flatMap(below)];
}
