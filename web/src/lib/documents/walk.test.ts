import { expect, test } from 'vitest';
import { chosen, walk, withoutSystemFiles } from './walk';

type Node = string | { name: string; holds: Node[] } | { name: string; broken: true };

/** An entry as a browser gives it, whose reader gives two at a time. */
function entryOf(node: Node, parent = ''): FileSystemEntry {
	const name = typeof node === 'string' ? node : node.name;
	const fullPath = `${parent}/${name}`;
	if (typeof node === 'object' && 'holds' in node) {
		const left = node.holds.map((each) => entryOf(each, fullPath));
		const readEntries = (give: (some: FileSystemEntry[]) => void) => give(left.splice(0, 2));
		return { name, fullPath, isDirectory: true, createReader: () => ({ readEntries }) } as never;
	}
	const file = (give: (file: File) => void, fail: (why: Error) => void) =>
		typeof node === 'string' ? give(new File(['x'], name)) : fail(new Error('gone'));
	return { name, fullPath, isDirectory: false, file } as never;
}

const item = (node: Node) => ({ kind: 'file', webkitGetAsEntry: () => entryOf(node) }) as never;

const ROOM: Node = {
	name: 'Room',
	holds: ['a.pdf', 'b.pdf', 'c.pdf', { name: 'Q2', holds: ['d.csv', { name: 'empty', holds: [] }] }]
};

test('folders are walked to their ends, and each file keeps its path', async () => {
	const { picked, cut } = await walk([item(ROOM), item('loose.txt')]);
	expect(picked.map(({ path }) => path)).toEqual([
		'Room/a.pdf',
		'Room/b.pdf',
		'Room/c.pdf',
		'Room/Q2/d.csv',
		'loose.txt'
	]);
	expect(cut).toBe(false);
});

test('the entries are taken before the drop is emptied', async () => {
	let emptied = false;
	const late = { kind: 'file', webkitGetAsEntry: () => (emptied ? null : entryOf('a.pdf')) };
	const walking = walk([late, late] as never);
	emptied = true;
	expect((await walking).picked).toHaveLength(2);
});

test('a file that cannot be opened is named and stops nothing', async () => {
	const broken: Node = { name: 'gone.pdf', broken: true };
	const walked = await walk([item({ name: 'Room', holds: [broken, 'b.pdf'] })]);
	expect(walked.unread).toEqual(['Room/gone.pdf']);
	expect(walked.picked.map(({ path }) => path)).toEqual(['Room/b.pdf']);
});

test('text that is dragged is no file; a browser without entries still gives files', async () => {
	const word = { kind: 'string' };
	const plain = {
		kind: 'file',
		webkitGetAsEntry: () => null,
		getAsFile: () => new File([], 'a.txt')
	};
	const { picked } = await walk([word, plain] as never);
	expect(picked.map(({ path }) => path)).toEqual(['a.txt']);
});

test('a drop has an end', async () => {
	const { picked, cut } = await walk([item(ROOM)], 2);
	expect(picked).toHaveLength(2);
	expect(cut).toBe(true);
	expect((await walk([item(ROOM)], 4)).cut).toBe(false);
	expect(chosen([new File([], 'a'), new File([], 'b')], 1)).toMatchObject({ cut: true });
});

test('an input for folders tells the paths', () => {
	const file = new File([], 'a.pdf');
	Object.defineProperty(file, 'webkitRelativePath', { value: 'Room/a.pdf' });
	expect(chosen([file, new File([], 'b.pdf')]).picked.map(({ path }) => path)).toEqual([
		'Room/a.pdf',
		'b.pdf'
	]);
});

test.each([
	['.DS_Store', true],
	['Room/Thumbs.db', true],
	['Room/thumbs.DB', true],
	['Room/~$model.xlsx', true],
	['Room/._deck.pdf', true],
	['Room/model.xlsx', false],
	['~$Room/model.xlsx', false],
	['Thumbs.db.pdf', false]
])('%s is the system’s own: %s', (path, left) => {
	const file = new File([], 'x');
	expect(withoutSystemFiles([{ file, path }]).leftOut).toBe(left ? 1 : 0);
});
