import { redirect } from '@sveltejs/kit';

export async function load({ parent }) {
	const { me } = await parent();
	const first = me.permissions.includes('users_manage') ? 'people' : 'sessions';
	redirect(307, `/settings/${first}`);
}
