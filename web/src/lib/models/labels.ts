import type { DealModel, ModelReach } from '$lib/api/types';
import { t } from '$lib/i18n';

export const reachText = (reach: ModelReach) => t(`models.reach.${reach}`);

/** "Llama in the office (llama-3.1-70b, local)"; for one that must not be asked, why. */
export const endpointText = ({ name, model, reach, permitted }: DealModel) =>
	permitted
		? t('writer.endpoint', { name, model, reach: reachText(reach).toLowerCase() })
		: t('writer.endpoint.refused', { name, model });

/** "340 ms", "2.4 s": as exact as somebody waits. */
export function durationText(milliseconds: number): string {
	if (milliseconds < 1_000) return t('models.took.ms', { ms: milliseconds });
	return t('models.took.s', { s: (milliseconds / 1_000).toFixed(1) });
}
