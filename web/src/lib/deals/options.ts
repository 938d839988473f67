import { DEAL_ROLES, INDUSTRIES } from '$lib/api/types';
import { t } from '$lib/i18n';

export const industryOptions = INDUSTRIES.map((value) => ({ value, text: t(`industry.${value}`) }));
export const dealRoleOptions = DEAL_ROLES.map((value) => ({
	value,
	text: t(`deal_role.${value}`)
}));
