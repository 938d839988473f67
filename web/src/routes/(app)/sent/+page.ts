import { permitted } from '$lib/shell/permitted';

export async function load({ parent }) {
	const { me } = await parent();
	permitted(me, 'audit_read');
}
