import { t, tOr } from '$lib/i18n';
import { reachText } from '$lib/models/labels';
import type { Engine } from './tree';

/** Who wrote a report: code alone, or with whose sentences. */
export function engineText(engine: Engine): string {
	if (engine.engine !== 'assisted') return tOr(`report.engine.${engine.engine}`, engine.engine);
	const { model, endpoint, external } = engine;
	const reach = reachText(external ? 'external' : 'local').toLowerCase();
	return t('report.engine.assisted', { model, endpoint, reach });
}
