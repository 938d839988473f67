import type { Report } from '$lib/report/tree';
import type { components } from './schema';

// The only file that names the schemas of the generated contract.
type Schemas = components['schemas'];

export type Problem = Schemas['Problem'];
export type FieldProblem = Schemas['FieldError'];
export type Role = Schemas['SystemRole'];
export type Permission = Schemas['Permission'];
export type Stage = Schemas['Stage'];
export type Industry = Schemas['Industry'];
export type DealRole = Schemas['MemberRole'];
export type UserState = Schemas['UserState'];
export type Outcome = Schemas['Outcome'];
export type Person = Schemas['Person'];
export type Me = Schemas['Me'];
export type Standing = Schemas['Standing'];
export type SecondFactor = Schemas['SecondFactor'];
export type SecondFactorOffer = Schemas['SecondFactorOffer'];
export type QrPicture = Schemas['QrPicture'];
export type ProofGiven = Schemas['ProofGiven'];
export type PasswordResetOffer = Schemas['PasswordResetOffer'];
export type PasswordResetLink = Schemas['PasswordResetLink'];
export type Credentials = Schemas['SignIn'];
export type InvitationLookup = Schemas['Offer'];
export type InvitationAccept = Schemas['AcceptInvitation'];
export type InvitationNew = Schemas['NewInvitation'];
export type Invitation = Schemas['Invitation'];
export type InvitationCreated = Schemas['Invited'];
export type User = Schemas['User'];
export type UserPatch = Schemas['UserChange'];
export type DealSummary = Schemas['DealSummary'];
export type StageCounts = Partial<Record<Stage, number>>;
export type DealNew = Schemas['NewDeal'];
export type DealPatch = Schemas['DealChange'];
export type Deal = Schemas['Deal'];
export type Import = Schemas['Import'];
export type Entry = Schemas['Entry'];
export type DealDocument = Schemas['Document'];
export type DocumentState = Schemas['DocumentState'];
export type DocumentPage = Schemas['DocumentPage'];
export type DocumentWithParts = Schemas['DocumentWithParts'];
export type PasswordChange = Schemas['PasswordChange'];
export type ModelReach = Schemas['ModelReach'];
export type ModelEndpoint = Schemas['ModelEndpoint'];
export type ModelEndpointNew = Schemas['NewModelEndpoint'];
export type DealModels = Schemas['DealModels'];
export type DealModel = Schemas['DealModel'];
export type ModelCall = Schemas['ModelCall'];
export type ModelCallPage = Schemas['ModelCallPage'];
export type SentPassage = Schemas['SentPassage'];
export type Run = Schemas['Run'];
export type RunPage = Schemas['RunPage'];
export type RunModel = Schemas['RunModel'];
export type RunStage = Schemas['RunStage'];
export type RunEvent = Schemas['RunEvent'];
export type DraftSentence = Schemas['DraftSentence'];
export type ReportSummary = Schemas['ReportSummary'];
export type ReportPage = Schemas['ReportPage'];
/** One version whole. Its tree is the reader's own format, which the contract leaves open. */
export type ReportVersion = ReportSummary & { report: Report };
export type Export = Schemas['Export'];
export type ExportFormat = Schemas['ExportFormat'];
export type HitKind = 'pdf' | 'xlsx' | 'csv' | 'docx' | 'pptx' | 'image' | 'text' | 'report';
export type Hit = Schemas['SearchHit'];

export const DEAL_SORTS = ['name', '-name', 'updated_at', '-updated_at'] as const;
export type DealSort = (typeof DEAL_SORTS)[number];

export const STAGES = [
	'inbox',
	'screening',
	'diligence',
	'committee',
	'passed',
	'invested'
] as const satisfies readonly Stage[];

export const INDUSTRIES = [
	'saas',
	'fintech',
	'biotech',
	'marketplace',
	'medtech',
	'consumer',
	'deeptech',
	'climate',
	'ai',
	'gaming',
	'other'
] as const satisfies readonly Industry[];

export const ROLES = [
	'admin',
	'partner',
	'analyst',
	'compliance',
	'viewer',
	'guest'
] as const satisfies readonly Role[];

export const DEAL_ROLES = ['owner', 'editor', 'reader'] as const satisfies readonly DealRole[];

export const EXPORT_FORMATS = [
	'pdf',
	'docx',
	'markdown',
	'json'
] as const satisfies readonly ExportFormat[];

export const HIT_KINDS = [
	'report',
	'pdf',
	'xlsx',
	'csv',
	'docx',
	'pptx',
	'image',
	'text'
] as const satisfies readonly HitKind[];
