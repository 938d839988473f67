import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export const FILE_PASSWORD = 'open sesame';
export const PDF_WORDS = 'Halvorsen renews for three years';

/** A data room on disk: two good files, one that lies, one that is empty, one that is locked, one of the system's. */
export function makeDataRoom(root: string): string {
	const room = join(root, 'Northwind room');
	write(room, 'Commercial/Renewal.pdf', pdf(PDF_WORDS));
	write(room, 'Commercial/Locked.pdf', pdf('The board agrees', FILE_PASSWORD));
	write(room, 'Finance/Revenue.csv', 'Month,Revenue\nJanuary,1200\nFebruary,1350\nMarch,1500\n');
	write(room, 'Finance/Not a document.pdf', 'This is a note, whatever its name says.\n');
	write(room, 'Finance/Nothing.csv', '');
	write(room, '.DS_Store', 'Mac');
	return room;
}

function write(room: string, path: string, content: string | Buffer) {
	mkdirSync(dirname(join(room, path)), { recursive: true });
	writeFileSync(join(room, path), content);
}

/** A PDF of one page; with a password, encrypted as ISO 32000-1, 7.6.3 has it (revision 2, RC4 with 40 bits). */
export function pdf(words: string, password?: string): Buffer {
	const lock = password === undefined ? undefined : new Lock(password);
	const drawn = Buffer.from(`BT /F1 24 Tf 72 720 Td (${words}) Tj ET`, 'latin1');
	const content = lock ? lock.encrypt(drawn, 4) : drawn;
	const objects = [
		'<< /Type /Catalog /Pages 2 0 R >>',
		'<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
		'<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
		Buffer.concat([
			text(`<< /Length ${content.length} >>\nstream\n`),
			content,
			text('\nendstream')
		]),
		'<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
		...(lock ? [lock.dictionary] : [])
	];
	const trailer = lock
		? `/Encrypt 6 0 R /ID [<${ID.toString('hex')}> <${ID.toString('hex')}>]`
		: '';
	return assemble(objects, trailer);
}

const text = (written: string) => Buffer.from(written, 'latin1');

function assemble(objects: (string | Buffer)[], trailer: string): Buffer {
	const pieces: Buffer[] = [text('%PDF-1.4\n')];
	const starts: number[] = [];
	let length = 9;
	const add = (piece: Buffer) => {
		pieces.push(piece);
		length += piece.length;
	};
	objects.forEach((object, index) => {
		starts.push(length);
		const body = typeof object === 'string' ? text(object) : object;
		add(Buffer.concat([text(`${index + 1} 0 obj\n`), body, text('\nendobj\n')]));
	});
	const table = starts.map((start) => `${String(start).padStart(10, '0')} 00000 n \n`).join('');
	const size = objects.length + 1;
	const end = `xref\n0 ${size}\n0000000000 65535 f \n${table}trailer\n<< /Size ${size} /Root 1 0 R ${trailer} >>\nstartxref\n${length}\n%%EOF\n`;
	add(text(end));
	return Buffer.concat(pieces);
}

const ID = Buffer.from('0123456789abcdef', 'latin1');
const PERMISSIONS = -4;
const PADDING = Buffer.from(
	'28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a',
	'hex'
);

class Lock {
	readonly dictionary: string;
	private readonly key: Buffer;

	constructor(password: string) {
		const padded = Buffer.concat([text(password), PADDING]).subarray(0, 32);
		const owner = rc4(md5(padded).subarray(0, 5), padded);
		const permissions = Buffer.alloc(4);
		permissions.writeInt32LE(PERMISSIONS);
		this.key = md5(Buffer.concat([padded, owner, permissions, ID])).subarray(0, 5);
		const user = rc4(this.key, PADDING);
		this.dictionary = `<< /Filter /Standard /V 1 /R 2 /O <${owner.toString('hex')}> /U <${user.toString('hex')}> /P ${PERMISSIONS} >>`;
	}

	/** Each object has a key of its own. */
	encrypt(content: Buffer, object: number): Buffer {
		const own = Buffer.concat([this.key, Buffer.from([object, 0, 0, 0, 0])]);
		return rc4(md5(own).subarray(0, 10), content);
	}
}

const md5 = (data: Buffer) => createHash('md5').update(data).digest();

function rc4(key: Buffer, data: Buffer): Buffer {
	const box = Array.from({ length: 256 }, (_, at) => at);
	const at = (index: number) => box[index & 255] ?? 0;
	const swap = (a: number, b: number) => {
		const kept = at(a);
		box[a] = at(b);
		box[b] = kept;
	};
	for (let i = 0, j = 0; i < 256; i += 1) {
		j = (j + at(i) + (key[i % key.length] ?? 0)) & 255;
		swap(i, j);
	}
	let [i, j] = [0, 0];
	return Buffer.from(
		data.map((byte) => {
			i = (i + 1) & 255;
			j = (j + at(i)) & 255;
			swap(i, j);
			return byte ^ at(at(i) + at(j));
		})
	);
}
