import { api, ifMatch, take } from './client';
import type {
	Credentials,
	DealNew,
	DealPatch,
	DealRole,
	DealSort,
	Industry,
	InvitationAccept,
	InvitationNew,
	PasswordChange,
	Stage,
	User,
	UserPatch
} from './types';

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

const at = (id: string) => ({ path: { id } });

export const session = {
	me: () => take(api.GET('/api/v1/session')),
	signIn: (body: Credentials) => take(api.POST('/api/v1/session', { body })),
	signOut: () => take(api.DELETE('/api/v1/session')),
	changePassword: (body: PasswordChange) => take(api.POST('/api/v1/session/password', { body })),
	list: () => take(api.GET('/api/v1/sessions')),
	end: (id: string) => take(api.DELETE('/api/v1/sessions/{id}', { params: at(id) }))
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
		)
};

export const deals = {
	list: (query: DealQuery, signal?: AbortSignal) =>
		take(api.GET('/api/v1/deals', { params: { query }, signal: signal ?? null })),
	create: (body: DealNew) => take(api.POST('/api/v1/deals', { body })),
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

export const audit = {
	list: (query: AuditQuery) => take(api.GET('/api/v1/audit', { params: { query } }))
};
