import type { HandleClientError } from '@sveltejs/kit';
import { t } from '$lib/i18n';

export const handleError: HandleClientError = ({ error, status }) => {
	if (status !== 404) console.error(error);
	return { message: status === 404 ? t('error.absent.text') : t('problem.page') };
};
