import { useQueryClient, type QueryClient } from '@tanstack/svelte-query';
import { documents } from '$lib/api/calls';
import { Uploads } from './uploads.svelte';

// A queue outlives its page, so that one may look elsewhere meanwhile, and ends with the session's query client.
const queues = new WeakMap<QueryClient, Map<string, Uploads>>();

/** The files on their way into a deal. */
export function useUploads(): (deal: string) => Uploads {
	const client = useQueryClient();
	return (deal) => {
		const ofSession = queues.get(client) ?? new Map<string, Uploads>();
		queues.set(client, ofSession);
		const known = ofSession.get(deal);
		if (known) return known;
		const made = new Uploads(
			({ file, path }, onsent) => documents.add(deal, file, path, onsent),
			() => void client.invalidateQueries({ queryKey: listKey(deal) })
		);
		ofSession.set(deal, made);
		return made;
	};
}

export const listKey = (deal: string) => ['documents', 'list', deal];
