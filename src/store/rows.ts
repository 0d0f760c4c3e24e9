import type { SQLInputValue, SQLOutputValue } from "node:sqlite";
import type { Content } from "../core/files/content.ts";
import type { ProviderFile, UploadKey, UploadState } from "../core/files/provider-file.ts";
import type {
  ContextState,
  DiskState,
  Role,
  Session,
  SessionFile,
} from "../core/session/session.ts";

/** A row as SQLite returns it. The columns are ours and the tables are strict, so its shape is known. */
export type Row = Record<string, SQLOutputValue>;

/** A row of `sessions`. */
interface SessionRow {
  readonly id: string;
  readonly name: string;
  readonly workspace: string;
  readonly fence: string;
  readonly created_at: number;
}

/** A row of `contents`. */
interface ContentRow {
  readonly content_id: string;
  readonly bytes: number;
  readonly media_type: string;
  readonly lines: number | null;
  readonly tokens: number | null;
}

/** A row of `session_files`. */
interface SessionFileRow {
  readonly id: string;
  readonly session_id: string;
  readonly uri: string;
  readonly role: Role;
  readonly pinned: number;
  readonly evicted: number;
  readonly content_id: string;
  readonly disk: DiskState;
  readonly context: ContextState;
  readonly out_reason: string | null;
  readonly position: number;
  readonly send_allowed: string | null;
  readonly upload_allowed: string | null;
}

/** A row of `provider_files`. */
interface ProviderFileRow {
  readonly id: string;
  readonly content_id: string;
  readonly provider: string;
  readonly base_url: string;
  readonly account: string;
  readonly purpose: string;
  readonly media_type: string;
  readonly state: UploadState;
  readonly remote_name: string;
  readonly provider_file_id: string | null;
  readonly started_at: number;
  readonly expires_at: number | null;
  readonly verified_at: number | null;
  readonly retry_at: number | null;
  readonly attempts: number;
  readonly error_code: ProviderFile["errorCode"] | null;
  readonly in_doubt: number;
}

/** The columns that hold the properties of a type. */
export type Columns<T> = { readonly [K in keyof T]-?: string };

/** Where each property of a session file lies. */
export const sessionFileColumns: Columns<SessionFile> = {
  id: "id",
  sessionId: "session_id",
  uri: "uri",
  role: "role",
  pinned: "pinned",
  evicted: "evicted",
  contentId: "content_id",
  disk: "disk",
  context: "context",
  outReason: "out_reason",
  position: "position",
  sendAllowed: "send_allowed",
  uploadAllowed: "upload_allowed",
};

/** Where each property of an upload's key lies. */
export const uploadKeyColumns: Columns<UploadKey> = {
  contentId: "content_id",
  provider: "provider",
  baseUrl: "base_url",
  account: "account",
  purpose: "purpose",
  mediaType: "media_type",
};

/** Where each property of a provider file lies. */
export const providerFileColumns: Columns<ProviderFile> = {
  ...uploadKeyColumns,
  id: "id",
  state: "state",
  remoteName: "remote_name",
  providerFileId: "provider_file_id",
  startedAt: "started_at",
  expiresAt: "expires_at",
  verifiedAt: "verified_at",
  retryAt: "retry_at",
  attempts: "attempts",
  errorCode: "error_code",
  inDoubt: "in_doubt",
};

/** The session of a row. */
export function sessionOf(columns: Row): Session {
  const row = columns as unknown as SessionRow;
  return {
    id: row.id,
    name: row.name,
    workspace: row.workspace,
    fence: row.fence,
    createdAt: row.created_at,
  };
}

/** The content of a row. What is not known is absent. */
export function contentOf(columns: Row): Content {
  const row = columns as unknown as ContentRow;
  return {
    contentId: row.content_id,
    bytes: row.bytes,
    mediaType: row.media_type,
    ...(row.lines !== null && { lines: row.lines }),
    ...(row.tokens !== null && { tokens: row.tokens }),
  };
}

/** The session file of a row. What is not known is absent. */
export function sessionFileOf(columns: Row): SessionFile {
  const row = columns as unknown as SessionFileRow;
  return {
    id: row.id,
    sessionId: row.session_id,
    uri: row.uri,
    role: row.role,
    pinned: row.pinned === 1,
    evicted: row.evicted === 1,
    contentId: row.content_id,
    disk: row.disk,
    context: row.context,
    position: row.position,
    ...(row.out_reason !== null && { outReason: row.out_reason }),
    ...(row.send_allowed !== null && { sendAllowed: row.send_allowed }),
    ...(row.upload_allowed !== null && { uploadAllowed: row.upload_allowed }),
  };
}

/** The provider file of a row. What is not known is absent. */
export function providerFileOf(columns: Row): ProviderFile {
  const row = columns as unknown as ProviderFileRow;
  return {
    contentId: row.content_id,
    provider: row.provider,
    baseUrl: row.base_url,
    account: row.account,
    purpose: row.purpose,
    mediaType: row.media_type,
    id: row.id,
    state: row.state,
    remoteName: row.remote_name,
    startedAt: row.started_at,
    ...(row.provider_file_id !== null && { providerFileId: row.provider_file_id }),
    ...(row.expires_at !== null && { expiresAt: row.expires_at }),
    ...(row.verified_at !== null && { verifiedAt: row.verified_at }),
    ...(row.retry_at !== null && { retryAt: row.retry_at }),
    ...(row.attempts > 0 && { attempts: row.attempts }),
    ...(row.error_code !== null && { errorCode: row.error_code }),
    ...(row.in_doubt === 1 && { inDoubt: true }),
  };
}

/** A property's value as SQLite holds it. */
export function stored(value: string | number | boolean | undefined): SQLInputValue {
  if (value === undefined) return null;
  return typeof value === "boolean" ? Number(value) : value;
}
