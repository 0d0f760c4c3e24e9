import * as v from "valibot";
import type { ContextErrorCode } from "../core/errors.ts";
import type { Content } from "../core/files/content.ts";
import type { Digest } from "../core/files/digest.ts";
import type { ProviderFile } from "../core/files/provider-file.ts";
import type { Finding, Phase, SavedFile } from "../core/session/phase.ts";
import type { Session, SessionFile } from "../core/session/session.ts";
import type { SessionSnapshot } from "../core/session/snapshot.ts";
import { factsSchema, profileSchema } from "./digest-format.ts";

/** True for what can become a session again. Properties that are not known are passed over. */
export function isSnapshot(value: unknown): value is SessionSnapshot {
  const result = v.safeParse(snapshotSchema, value);
  return result.success && isComplete(result.output);
}

/** The compiler asks for each value, so that none of a later day is refused. */
function oneOf<Value extends string>(values: Record<Value, true>): v.GenericSchema<unknown, Value> {
  return v.picklist(Object.keys(values) as Value[]);
}

const count = v.pipe(v.number(), v.safeInteger());
const contentId = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/u));
const text = v.optional(v.string());

const session: v.GenericSchema<unknown, Session> = v.object({
  id: v.string(),
  name: v.string(),
  workspace: v.string(),
  fence: v.string(),
  createdAt: count,
});

const file: v.GenericSchema<unknown, SessionFile> = v.object({
  id: v.string(),
  sessionId: v.string(),
  uri: v.string(),
  role: oneOf<SessionFile["role"]>({ base: true, file: true }),
  pinned: v.boolean(),
  evicted: v.boolean(),
  contentId,
  disk: oneOf<SessionFile["disk"]>({ fresh: true, changed: true, missing: true }),
  context: oneOf<SessionFile["context"]>({
    full: true,
    excerpt: true,
    digest: true,
    reference: true,
    stub: true,
    out: true,
  }),
  outReason: text,
  position: count,
  sendAllowed: text,
  uploadAllowed: text,
});

const content: v.GenericSchema<unknown, Content> = v.object({
  contentId,
  bytes: count,
  mediaType: v.string(),
  lines: v.optional(count),
  tokens: v.optional(count),
});

const providerFile: v.GenericSchema<unknown, ProviderFile> = v.object({
  id: v.string(),
  contentId,
  provider: v.string(),
  baseUrl: v.string(),
  account: v.string(),
  purpose: v.string(),
  mediaType: v.string(),
  state: oneOf<ProviderFile["state"]>({
    planned: true,
    sending: true,
    ready: true,
    "retry-at": true,
    failed: true,
    unknown: true,
    removing: true,
    gone: true,
  }),
  remoteName: v.string(),
  providerFileId: text,
  startedAt: count,
  expiresAt: v.optional(count),
  verifiedAt: v.optional(count),
  retryAt: v.optional(count),
  attempts: v.optional(count),
  errorCode: v.optional(v.custom<ContextErrorCode>((code) => typeof code === "string")),
  inDoubt: v.optional(v.boolean()),
});

const digest: v.GenericSchema<unknown, Digest> = v.object({
  contentId,
  extractor: v.string(),
  version: count,
  type: v.string(),
  columns: v.optional(v.array(v.string())),
  rows: v.optional(count),
  preview: v.array(v.unknown()),
  facts: v.optional(factsSchema),
  profile: v.optional(profileSchema),
  text: v.string(),
});

const phase: v.GenericSchema<unknown, Phase> = v.object({
  sessionId: v.string(),
  number: count,
  name: v.string(),
  startedAt: count,
});

const finding: v.GenericSchema<unknown, Finding> = v.object({
  id: v.string(),
  sessionId: v.string(),
  phase: count,
  title: v.string(),
  text: v.string(),
  contentIds: v.array(v.string()),
  createdAt: count,
});

const savedFile: v.GenericSchema<unknown, SavedFile> = v.object({
  sessionId: v.string(),
  uri: v.string(),
  contentId,
  phase: count,
  savedAt: count,
});

/** What a snapshot consists of. */
export type PartName =
  | "session"
  | "file"
  | "content"
  | "providerFile"
  | "digest"
  | "phase"
  | "finding"
  | "savedFile";

const schemas: Record<PartName, v.GenericSchema> = {
  session,
  file,
  content,
  providerFile,
  digest,
  phase,
  finding,
  savedFile,
};

/** True for what can be this part of a snapshot. */
export function isPart(name: PartName, value: unknown): boolean {
  return v.is(schemas[name], value);
}

const snapshotSchema: v.GenericSchema<unknown, SessionSnapshot> = v.object({
  session,
  files: v.array(file),
  contents: v.array(content),
  providerFiles: v.array(providerFile),
  digests: v.array(digest),
  phases: v.array(phase),
  findings: v.array(finding),
  savedFiles: v.array(savedFile),
});

function isOf({ session: { id } }: SessionSnapshot): (part: { sessionId: string }) => boolean {
  return ({ sessionId }) => sessionId === id;
}

/** True if everything belongs to the session, and each content that a file or digest names is described. */
function isComplete(snapshot: SessionSnapshot): boolean {
  const { contents, files, digests, phases, findings, savedFiles } = snapshot;
  const described = new Set(contents.map((known) => known.contentId));
  const named = [...files, ...savedFiles, ...digests];
  return (
    [files, phases, findings, savedFiles].every((parts) => parts.every(isOf(snapshot))) &&
    named.every((part) => described.has(part.contentId))
  );
}
