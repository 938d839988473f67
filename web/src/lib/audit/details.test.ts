import { expect, test } from 'vitest';
import { detailsText } from './details';

const names = {
	person: (id: string) => (id === 'u-ben' ? 'Ben Ito' : undefined)
};

test.each([
	[{ renamed: false, industry: 'ai', stage: null }, 'industry AI'],
	[{ renamed: true, industry: null, stage: 'screening' }, 'renamed · moved to Screening'],
	[{ user: 'u-ben', role: 'reader' }, 'role reader for Ben Ito'],
	[{ user: 'u-ben' }, 'Ben Ito'],
	[{ user: '01a2040a-ca9b-76f7', role: 'owner' }, 'role owner for b-76f7'],
	[{ role: 'analyst', state: 'disabled' }, 'role analyst · now disabled'],
	[{ asked: 'GET /api/v1/audit', code: 'forbidden' }, 'GET /api/v1/audit'],
	[{ created: 1, refused: 0 }, '1 deal created'],
	[{ created: 2, refused: 1 }, '2 deals created · 1 row refused'],
	[{ rows: 1200, action: 'deal.read' }, '1,200 entries · only “Deal opened”'],
	[{ kind: 'pdf', bytes: 54_100 }, 'PDF · 54.1 kB'],
	[{ part: 7, as: 'thumbnail' }, 'part 7 · as a small picture'],
	[{ words: 'net churn', kind: 'xlsx', hits: 12 }, '“net churn” · Workbook · 12 passages'],
	[{ version: 3, format: 'docx' }, 'version 3 · as Word'],
	[{ host: 'gpu:8080', model: 'llama', reach: 'local' }, 'gpu:8080 · llama · local'],
	[{ allowed: true }, 'allowed'],
	[{ allowed: false }, 'not allowed any more'],
	[{ stage: 'gone_quiet', page_count: 3 }, 'moved to Gone quiet · page count: 3'],
	[null, '']
])('%j is told as %j', (about, text) => {
	expect(detailsText({ ip: '10.0.0.7', about }, names)).toBe(text);
});
