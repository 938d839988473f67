/** A file that somebody chose or dropped, with the folders it lay in. */
export interface Picked {
	file: File;
	path: string;
}

export interface Walked {
	picked: Picked[];
	/** Paths that the browser could not open. */
	unread: string[];
	/** There was more than one drop may hold. */
	cut: boolean;
}

/** More than this is a drive dropped by mistake, not a data room. */
export const MOST = 5_000;

/**
 * All files of a drop, folders walked to their ends. The entries are taken before the first wait: the browser empties
 * the drop as soon as its handler returns.
 */
export async function walk(items: Iterable<DataTransferItem>, most = MOST): Promise<Walked> {
	const walked: Walked = { picked: [], unread: [], cut: false };
	const entries: FileSystemEntry[] = [];
	for (const item of items) {
		if (item.kind !== 'file') continue;
		const entry = item.webkitGetAsEntry();
		const file = entry ? null : item.getAsFile();
		if (entry) entries.push(entry);
		else if (file) walked.picked.push({ file, path: file.name });
	}
	for (const entry of entries) await visit(entry, walked, most);
	return walked;
}

/** The files of an input; one for folders tells their paths. */
export function chosen(files: Iterable<File>, most = MOST): Walked {
	const all = [...files].map((file) => ({ file, path: file.webkitRelativePath || file.name }));
	return { picked: all.slice(0, most), unread: [], cut: all.length > most };
}

const LEFT_BY_SYSTEMS = /^(\.DS_Store|Thumbs\.db|desktop\.ini|~\$.*|\._.*)$/i;

/** Parts what people made from what their systems left in the folders. */
export function withoutSystemFiles(picked: Picked[]): { wanted: Picked[]; leftOut: number } {
	const wanted = picked.filter(({ path }) => !LEFT_BY_SYSTEMS.test(path.split('/').at(-1) ?? ''));
	return { wanted, leftOut: picked.length - wanted.length };
}

async function visit(entry: FileSystemEntry, walked: Walked, most: number): Promise<void> {
	if (walked.cut) return;
	const path = entry.fullPath.replace(/^\//, '');
	try {
		if (isFolder(entry)) {
			for await (const child of children(entry)) await visit(child, walked, most);
		} else if (walked.picked.length >= most) {
			walked.cut = true;
		} else {
			walked.picked.push({ file: await open(entry as FileSystemFileEntry), path });
		}
	} catch {
		walked.unread.push(path);
	}
}

/** A reader gives some entries at a time (Chromium: a hundred) and ends with none. */
async function* children(folder: FileSystemDirectoryEntry) {
	const reader = folder.createReader();
	for (;;) {
		const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
			reader.readEntries(resolve, reject)
		);
		if (some.length === 0) return;
		yield* some;
	}
}

const open = (entry: FileSystemFileEntry) =>
	new Promise<File>((resolve, reject) => entry.file(resolve, reject));

const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;
