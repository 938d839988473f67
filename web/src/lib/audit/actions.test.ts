import { expect, test } from 'vitest';
import { ACTIONS, actionOptions, actionText } from './actions';

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
