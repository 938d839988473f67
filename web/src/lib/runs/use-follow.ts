import { useQueryClient, type QueryClient } from '@tanstack/svelte-query';
import { Follow, type RunId } from './follow.svelte';

// Kept as long as the session, so that the pages of a deal look at one and the same.
const known = new WeakMap<QueryClient, Map<string, Follow>>();

export function useFollow(run: RunId): Follow {
	const client = useQueryClient();
	const ofSession = known.get(client) ?? new Map<string, Follow>();
	known.set(client, ofSession);
	const follow = ofSession.get(run.id) ?? new Follow(run);
	ofSession.set(run.id, follow);
	return follow;
}
