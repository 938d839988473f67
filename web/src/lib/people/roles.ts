import { ROLES } from '$lib/api/types';
import { t } from '$lib/i18n';

export const roleOptions = ROLES.map((value) => ({ value, text: t(`role.${value}`) }));
