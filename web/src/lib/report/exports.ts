import type { Export, ExportFormat } from '$lib/api/types';

export const isGoing = ({ state }: Export) => state === 'waiting' || state === 'running';

/** What is told beside the button: what is being made, and what became of what was asked for here. */
export const followed = (made: readonly Export[], asked: readonly ExportFormat[]) =>
	made.filter((each) => isGoing(each) || asked.includes(each.format));

/** The list with the newest state of one format. */
export const replaced = (all: readonly Export[], next: Export): Export[] => [
	...all.filter(({ format }) => format !== next.format),
	next
];
