import { api, ifMatch, take, takeTagged, type Tagged } from './client';
import type {
	Credentials,
	DealDocument,
	DealNew,
	DealPatch,
	DealRole,
	DealSort,
	DocumentPage,
	ExportFormat,
	HitKind,
	Industry,
	InvitationAccept,
	InvitationNew,
	ModelEndpointNew,
	PasswordChange,
	ProofGiven,
	ReportVersion,
	Run,
	Stage,
	User,
	UserPatch
} from './types';
import { upload } from './upload';
import type { Part } from '$lib/places/part';

export interface DealQuery {
	q?: string;
	stage?: Stage;
	industry?: Industry;
	sort?: DealSort;
	limit?: number;
	cursor?: string;
}

export interface AuditQuery {
	deal?: string;
	actor?: string;
	action?: string;
	limit?: number;
	cursor?: string;
}

export interface SearchQuery {
	q: string;
	deal?: string;
	kind?: HitKind;
	limit?: number;
	cursor?: string;
}

const at = (id: string) => ({ path: { id } });

export const session = {
	me: () => take(api.GET('/api/v1/session')),
	signIn: (body: Credentials) => take(api.POST('/api/v1/session', { body })),
	signOut: () => take(api.DELETE('/api/v1/session')),
	changePassword: (body: PasswordChange) => take(api.POST('/api/v1/session/password', { body })),
	list: () => take(api.GET('/api/v1/sessions')),
	end: (id: string) => take(api.DELETE('/api/v1/sessions/{id}', { params: at(id) })),
	giveCode: (code: string) => take(api.POST('/api/v1/session/code', { body: { code } })),
	prove: (body: ProofGiven) => take(api.POST('/api/v1/session/proof', { body }))
};

export const secondFactor = {
	get: () => take(api.GET('/api/v1/second-factor')),
	start: () => take(api.POST('/api/v1/second-factor')),
	confirm: (code: string) => take(api.POST('/api/v1/second-factor/confirm', { body: { code } })),
	remove: () => take(api.DELETE('/api/v1/second-factor')),
	renewRecoveryCodes: () => take(api.POST('/api/v1/second-factor/recovery-codes'))
};

export const passwordResets = {
	lookup: (token: string) => take(api.POST('/api/v1/password-resets/lookup', { body: { token } })),
	use: (token: string, password: string) =>
		take(api.POST('/api/v1/password-resets/use', { body: { token, password } }))
};

export const invitations = {
	lookup: (token: string) => take(api.POST('/api/v1/invitations/lookup', { body: { token } })),
	accept: (body: InvitationAccept) => take(api.POST('/api/v1/invitations/accept', { body })),
	invite: (body: InvitationNew) => take(api.POST('/api/v1/invitations', { body })),
	list: () => take(api.GET('/api/v1/invitations')),
	withdraw: (id: string) => take(api.DELETE('/api/v1/invitations/{id}', { params: at(id) }))
};

export const users = {
	list: (query: { limit?: number; cursor?: string } = {}) =>
		take(api.GET('/api/v1/users', { params: { query } })),
	change: (user: User, body: UserPatch) =>
		take(
			api.PATCH('/api/v1/users/{id}', {
				params: { ...at(user.id), header: ifMatch(user.version) },
				body
			})
		),
	resetPassword: (id: string) =>
		take(api.POST('/api/v1/users/{id}/password-reset', { params: at(id) })),
	resetSecondFactor: (id: string) =>
		take(api.DELETE('/api/v1/users/{id}/second-factor', { params: at(id) })),
	sessions: (id: string) => take(api.GET('/api/v1/users/{id}/sessions', { params: at(id) })),
	endSessions: (id: string) => take(api.DELETE('/api/v1/users/{id}/sessions', { params: at(id) }))
};

export const deals = {
	list: (query: DealQuery, signal?: AbortSignal) =>
		take(api.GET('/api/v1/deals', { params: { query }, signal: signal ?? null })),
	create: (body: DealNew) => take(api.POST('/api/v1/deals', { body })),
	loadDemo: () => take(api.POST('/api/v1/deals/demo')),
	get: (id: string) => take(api.GET('/api/v1/deals/{id}', { params: at(id) })),
	change: (deal: { id: string; version: number }, body: DealPatch) =>
		take(
			api.PATCH('/api/v1/deals/{id}', {
				params: { ...at(deal.id), header: ifMatch(deal.version) },
				body
			})
		),
	importCsv: (file: Blob, mode: 'check' | 'apply') =>
		take(
			api.POST('/api/v1/deals/import', {
				params: { query: { mode } },
				headers: { 'Content-Type': 'text/csv' },
				// The contract's generated type calls a file a string; it is sent byte for byte.
				body: file as unknown as string,
				bodySerializer: (body) => body
			})
		),
	putMember: (id: string, user_id: string, role: DealRole) =>
		take(
			api.PUT('/api/v1/deals/{id}/members/{user_id}', {
				params: { path: { id, user_id } },
				body: { role }
			})
		),
	removeMember: (id: string, user_id: string) =>
		take(api.DELETE('/api/v1/deals/{id}/members/{user_id}', { params: { path: { id, user_id } } }))
};

/** The fund's language models. */
export const models = {
	list: async () => (await take(api.GET('/api/v1/settings/models'))).items,
	add: (body: ModelEndpointNew) => take(api.POST('/api/v1/settings/models', { body })),
	/** Asks it for a word, which may take half a minute. One that does not answer is told as a result. */
	test: (id: string) => take(api.POST('/api/v1/settings/models/{id}/test', { params: at(id) })),
	remove: (id: string) => take(api.DELETE('/api/v1/settings/models/{id}', { params: at(id) })),
	ofDeal: (deal: string) => take(api.GET('/api/v1/deals/{id}/models', { params: at(deal) })),
	allowExternal: (deal: string, external_allowed: boolean) =>
		take(api.PUT('/api/v1/deals/{id}/models', { params: at(deal), body: { external_allowed } })),
	/** What was sent to them about a deal, or about any. */
	calls: (deal: string | undefined, query: { limit?: number; cursor?: string | undefined } = {}) =>
		deal === undefined
			? take(api.GET('/api/v1/model-calls', { params: { query } }))
			: take(api.GET('/api/v1/deals/{id}/model-calls', { params: { ...at(deal), query } }))
};

export const audit = {
	list: (query: AuditQuery) => take(api.GET('/api/v1/audit', { params: { query } }))
};

const within = (document: { deal_id: string; id: string }) => ({
	path: { id: document.deal_id, document_id: document.id }
});

type InDeal = Pick<DealDocument, 'deal_id' | 'id'>;

export const documents = {
	list: (
		deal: string,
		query: { limit?: number; cursor?: string },
		known?: Tagged<DocumentPage>,
		signal?: AbortSignal
	) =>
		takeTagged(
			api.GET('/api/v1/deals/{id}/documents', {
				params: { ...at(deal), query },
				headers: known?.tag ? { 'If-None-Match': known.tag } : {},
				signal: signal ?? null
			}),
			known
		),
	/** One file; its path goes along as its name, and the server keeps the folders. */
	add: (deal: string, file: Blob, path: string, onsent: (bytes: number) => void) =>
		upload<DealDocument>(`/api/v1/deals/${deal}/documents`, file, path, onsent),
	get: (document: InDeal) =>
		take(api.GET('/api/v1/deals/{id}/documents/{document_id}', { params: within(document) })),
	remove: (document: InDeal) =>
		take(api.DELETE('/api/v1/deals/{id}/documents/{document_id}', { params: within(document) })),
	retry: (document: InDeal) =>
		take(
			api.POST('/api/v1/deals/{id}/documents/{document_id}/retry', { params: within(document) })
		),
	unlock: (document: InDeal, password: string) =>
		take(
			api.POST('/api/v1/deals/{id}/documents/{document_id}/password', {
				params: within(document),
				body: { password }
			})
		),
	// What a part holds is the reader's own format, which the contract leaves open.
	part: (document: InDeal, number: number) =>
		take(
			api.GET('/api/v1/deals/{id}/documents/{document_id}/parts/{number}', {
				params: { path: { ...within(document).path, number } }
			})
		) as Promise<unknown> as Promise<Part>,
	thumbnail: (document: InDeal, number: number) =>
		take(
			api.GET('/api/v1/deals/{id}/documents/{document_id}/parts/{number}/thumbnail', {
				params: { path: { ...within(document).path, number } },
				parseAs: 'blob'
			})
		) as Promise<unknown> as Promise<Blob>,
	/** A page as it looks, large enough to read. */
	picture: (document: InDeal, number: number) =>
		take(
			api.GET('/api/v1/deals/{id}/documents/{document_id}/parts/{number}/image', {
				params: { path: { ...within(document).path, number } },
				parseAs: 'blob'
			})
		) as Promise<unknown> as Promise<Blob>,
	/** For a link that saves the file: a large one never passes through the page's memory. */
	fileHref: ({ deal_id, id }: InDeal) => `/api/v1/deals/${deal_id}/documents/${id}/file`
};

type RunInDeal = Pick<Run, 'deal_id' | 'id'>;

const withinRun = ({ deal_id, id }: RunInDeal) => ({ path: { id: deal_id, run_id: id } });

export const runs = {
	/** With sentences of a model, or by code alone. */
	start: (deal: string, model: string | null = null) =>
		take(api.POST('/api/v1/deals/{id}/runs', { params: at(deal), body: { model } })),
	list: (deal: string, query: { limit?: number; cursor?: string } = {}) =>
		take(api.GET('/api/v1/deals/{id}/runs', { params: { ...at(deal), query } })),
	cancel: (run: RunInDeal) =>
		take(api.POST('/api/v1/deals/{id}/runs/{run_id}/cancel', { params: withinRun(run) })),
	/** For an EventSource: what the run told from its beginning, then what it goes on to tell. */
	eventsHref: ({ deal_id, id }: RunInDeal) => `/api/v1/deals/${deal_id}/runs/${id}/events`
};

export const reports = {
	list: (deal: string, query: { limit?: number; cursor?: string } = {}) =>
		take(api.GET('/api/v1/deals/{id}/reports', { params: { ...at(deal), query } })),
	get: (deal: string, number: number) =>
		take(
			api.GET('/api/v1/deals/{id}/reports/{number}', { params: version(deal, number) })
		) as Promise<unknown> as Promise<ReportVersion>
};

const version = (id: string, number: number) => ({ path: { id, number } });
const exported = (id: string, number: number, format: ExportFormat) => ({
	path: { id, number, format }
});

/** Files of a version of a report: one a format, made when somebody first asks. */
export const exports = {
	list: async (deal: string, number: number) => {
		const { items } = await take(
			api.GET('/api/v1/deals/{id}/reports/{number}/exports', { params: version(deal, number) })
		);
		return items;
	},
	make: (deal: string, number: number, format: ExportFormat) =>
		take(
			api.POST('/api/v1/deals/{id}/reports/{number}/exports', {
				params: version(deal, number),
				body: { format }
			})
		),
	cancel: (deal: string, number: number, format: ExportFormat) =>
		take(
			api.POST('/api/v1/deals/{id}/reports/{number}/exports/{format}/cancel', {
				params: exported(deal, number, format)
			})
		),
	fileHref: (deal: string, number: number, format: ExportFormat) =>
		`/api/v1/deals/${deal}/reports/${number}/exports/${format}/file`
};

export const search = (query: SearchQuery, signal?: AbortSignal) =>
	take(api.GET('/api/v1/search', { params: { query }, signal: signal ?? null }));
