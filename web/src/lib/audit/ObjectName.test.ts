import { render } from '@testing-library/svelte';
import { expect, test } from 'vitest';
import type { Entry } from '$lib/api/types';
import ObjectName from './ObjectName.svelte';

const ID = '01a2040a-ca9b-76f7-879c-94906863b6c9';

function shown(entry: Partial<Entry>, name?: string) {
	const names = { person: () => name };
	const { container } = render(ObjectName, { entry: entry as Entry, names });
	const text = container.textContent?.replace(/\s+/g, ' ').trim();
	const title = container.querySelector<HTMLElement>('[title]')?.title;
	return { text, title, link: container.querySelector('a')?.getAttribute('href') };
}

test('a deal has its name and a link for those who see it, a short id for others', () => {
	const deal = { object_kind: 'deal', object_id: ID, deal_id: ID };
	const link = `/deals/${ID}`;
	expect(shown({ ...deal, deal_name: 'Northwind' })).toEqual({
		text: 'Northwind',
		title: ID,
		link
	});
	expect(shown(deal)).toEqual({ text: 'a deal 63b6c9', title: ID, link: undefined });
});

test('what is no deal is named by what is known of it', () => {
	expect(shown({ object_kind: 'user', object_id: ID }, 'Ben Ito').text).toBe('Ben Ito');
	expect(shown({ object_kind: 'session', object_id: ID }, 'Ben Ito').text).toBe('Session 63b6c9');
	expect(shown({ object_kind: 'deal' }).text).toBe('Deals');
});

test('a document is named by its id within its deal, and leads to itself as long as it is there', () => {
	const document = {
		object_kind: 'document',
		object_id: ID,
		deal_id: 'd1',
		deal_name: 'Northwind'
	};
	const links = (action: string) => {
		const entry = { ...document, action } as Entry;
		const { container } = render(ObjectName, { entry, names: { person: () => undefined } });
		return [...container.querySelectorAll('a')].map((link) => link.getAttribute('href'));
	};
	expect(links('document.read')).toEqual(['/deals/d1', `/deals/d1/documents/${ID}`]);
	expect(links('document.removed')).toEqual(['/deals/d1']);
	expect(shown(document).text).toBe('Northwind Document 63b6c9');
	expect(shown({ object_kind: 'document', object_id: ID }).text).toBe('Document 63b6c9');
});
