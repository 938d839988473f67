import { goto } from '$app/navigation';
import { page } from '$app/state';
import type { Me, Permission } from '$lib/api/types';
import type { Command } from '$lib/commands.svelte';
import { t } from '$lib/i18n';
import { dealHere } from '$lib/search/here';
import { searchPath } from '$lib/search/query';
import { API_VIEWER } from './api-pages';
import { theme } from '$lib/theme.svelte';

interface Overlays {
	palette: () => void;
	search: () => void;
	keys: () => void;
	signOut: () => void;
}

/** What can be done on every page, by somebody with these permissions. */
export function shellCommands(me: Me, { palette, search, keys, signOut }: Overlays): Command[] {
	const may = (permission: Permission) => me.permissions.includes(permission);
	const to = (path: string) => () => void goto(path);
	return [
		{ id: 'palette', title: t('command.palette'), run: palette, keyOnly: true },
		{
			id: 'search.focus',
			title: t('command.search_everything'),
			key: '/',
			keyOnly: true,
			run: search
		},
		{
			id: 'search.page',
			title: t('command.search_everything'),
			run: () => void goto(searchPath({ deal: dealHere(page) }))
		},
		{ id: 'keys', title: t('command.keys'), key: '?', run: keys },
		{ id: 'deals', title: t('command.deals'), run: to('/deals') },
		...(may('deals_create')
			? [
					{ id: 'new', title: t('command.new_deal'), run: to('/deals?open=new') },
					{ id: 'import', title: t('command.import'), run: to('/deals?open=import') },
					{ id: 'demo', title: t('demo.load'), run: to('/deals?open=demo') }
				]
			: []),
		...(may('users_manage')
			? [{ id: 'people', title: t('command.people'), run: to('/settings/people') }]
			: []),
		...(may('models_manage')
			? [{ id: 'models', title: t('command.models'), run: to('/settings/models') }]
			: []),
		{ id: 'sessions', title: t('command.sessions'), run: to('/settings/sessions') },
		...(may('audit_read')
			? [
					{ id: 'audit', title: t('command.audit'), run: to('/settings/audit') },
					{ id: 'sent', title: t('command.sent'), run: to('/sent') }
				]
			: []),
		{ id: 'api', title: t('command.api'), run: () => location.assign(API_VIEWER) },
		{ id: 'theme', title: t('command.theme'), run: () => theme.toggle() },
		{ id: 'sign-out', title: t('command.sign_out'), run: signOut }
	];
}
