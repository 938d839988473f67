import { createHmac } from 'node:crypto';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const STEP = 30_000;

/** An authenticator app with the recovery codes beside it. It knows RFC 6238 from nobody but the RFC. */
export class Authenticator {
	recoveryCodes: string[] = [];
	private readonly key: Buffer;

	/** The secret as a page shows it, in groups. */
	constructor(secret: string) {
		const bits = [...secret.replace(/\s/g, '')]
			.map((letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, '0'))
			.join('');
		this.key = Buffer.from(bits.match(/.{8}/g)?.map((byte) => parseInt(byte, 2)) ?? []);
	}

	/** The code of now, or of steps from now: a server takes the next one already. */
	code(later = 0): string {
		const counter = Buffer.alloc(8);
		counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / STEP) + later));
		const digest = createHmac('sha1', this.key).update(counter).digest();
		const offset = (digest.at(-1) ?? 0) & 15;
		return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
	}

	/** A recovery code, crossed out. */
	recoveryCode(): string {
		const code = this.recoveryCodes.pop();
		if (!code) throw new Error('no recovery code is left');
		return code;
	}
}
