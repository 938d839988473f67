import { error } from '@sveltejs/kit';
import type { Me, Permission } from '$lib/api/types';
import { t } from '$lib/i18n';

/** A page somebody may not use answers as one that is not there. */
export function permitted(me: Me, permission: Permission) {
	if (!me.permissions.includes(permission)) error(404, t('error.absent.text'));
}
