import { expect, test } from 'vitest';
import { ACTIONS, actionOptions, actionText, detailsText } from './actions';

test('every known action has words of its own', () => {
	const missing = ACTIONS.filter((word) => actionText(word).toLowerCase() === word);
	expect(missing).toEqual([]);
	expect(actionText('report.sealed_again')).toBe('Report sealed again');
});

test('an action that only the address knows can still be seen chosen', () => {
	expect(actionOptions('report.sealed').at(-1)).toEqual({
		value: 'report.sealed',
		text: 'Report sealed'
	});
	expect(actionOptions('deal.read')).toHaveLength(ACTIONS.length + 1);
});

test('details are one line of what is there', () => {
	const about = { renamed: true, industry: null, stage: 'screening' };
	expect(detailsText({ ip: '10.0.0.7', about })).toBe(
		'renamed: true · stage: screening · ip: 10.0.0.7'
	);
	expect(detailsText(null)).toBe('');
});
