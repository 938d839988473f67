import type { ReportBlock } from './tree';

/** Blocks of excerpts that follow each other as one, so that a topic is told once. */
export function gathered(blocks: readonly ReportBlock[]): ReportBlock[] {
	const all: ReportBlock[] = [];
	for (const block of blocks) {
		const last = all.at(-1);
		if (block.block === 'excerpts' && last?.block === 'excerpts') {
			all[all.length - 1] = { ...last, items: [...last.items, ...block.items] };
		} else {
			all.push(block);
		}
	}
	return all;
}
