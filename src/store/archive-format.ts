import * as v from "valibot";
import { ContextError } from "../core/errors.ts";
import type { ContentId } from "../core/files/content.ts";
import { isPortablePath, portableVersion, type PortableSession } from "../core/session/portable.ts";
import { firstIssue } from "./archive-issue.ts";
import { factsSchema, profileSchema } from "./digest-format.ts";

/** The entry that says what the session is. */
export const sessionEntry = "session.json";

/** The entry that holds the bytes of a content. */
export function contentEntry(contentId: ContentId): string {
  return `contents/${contentId}`;
}

/** True for the name of an entry that is read. */
export function isKnownEntry(name: string): boolean {
  return name === sessionEntry || /^contents\/[0-9a-f]{64}$/u.test(name);
}

/** What an archive may hold; nothing is unpacked beyond it. */
export interface ArchiveLimits {
  readonly entries: number;
  /** Bytes of `session.json`. */
  readonly sessionBytes: number;
  /** Bytes of all entries together. */
  readonly totalBytes: number;
}

export const archiveLimits: ArchiveLimits = {
  // One more would need the zip format's 64-bit records, which are neither written nor read.
  entries: 65_534,
  sessionBytes: 64_000_000,
  totalBytes: 2_000_000_000,
};

/** The error of a file that is not a session, or not a sound one. */
export function invalid(fileName: string, reason: string, cause?: unknown): ContextError {
  return new ContextError(
    "archive-invalid",
    `${fileName} is not a session that Satchel can read: ${reason}; ask for a new export`,
    { file: fileName, ...(cause !== undefined && { cause }) },
  );
}

/** What `session.json` says. Throws `archive-invalid`, with the name of the archive, for all that cannot become a session. */
export function parseSession(text: string, fileName: string): PortableSession {
  const data = parseJson(text, fileName);
  const header = v.safeParse(headerSchema, data);
  if (!header.success) throw invalid(fileName, `${sessionEntry} does not describe a session`);
  if (header.output.version > portableVersion) throw newer(fileName);
  const result = v.safeParse(sessionSchema, data);
  if (!result.success) {
    throw invalid(fileName, `in ${sessionEntry}, ${firstIssue(result.issues)}`);
  }
  const flaw = flawOf(result.output);
  if (flaw !== undefined) throw invalid(fileName, `in ${sessionEntry}, ${flaw}`);
  return result.output;
}

// More than any session has; a list is not built to a size that only an attack has.
const longestList = 100_000;
const deepestPreview = 32;

const list = <Schema extends v.GenericSchema>(item: Schema) =>
  v.pipe(v.array(item), v.maxLength(longestList));

const count = v.pipe(v.number(), v.safeInteger("a whole number"), v.minValue(0));
const contentId = v.pipe(
  v.string(),
  v.check((id) => /^[0-9a-f]{64}$/u.test(id), "a content id"),
);
const path = v.pipe(v.string(), v.check(isPortablePath, "a path inside the workspace"));

const headerSchema = v.object({ format: v.literal("satchel-session"), version: v.number() });

const sessionSchema = v.object({
  format: v.literal("satchel-session"),
  version: v.literal(portableVersion),
  name: v.string(),
  exportedAt: v.pipe(v.string(), v.isoTimestamp("a time")),
  files: list(
    v.object({
      path,
      role: v.picklist(["base", "file"]),
      pinned: v.boolean(),
      evicted: v.boolean(),
      contentId,
    }),
  ),
  contents: list(
    v.object({
      contentId,
      bytes: count,
      mediaType: v.string(),
      lines: v.optional(count),
      tokens: v.optional(count),
    }),
  ),
  digests: list(
    v.object({
      contentId,
      extractor: v.string(),
      version: count,
      type: v.string(),
      columns: v.optional(v.array(v.string())),
      rows: v.optional(count),
      preview: v.pipe(
        v.array(v.unknown()),
        v.check((preview) => isFlat(preview, deepestPreview), "less deeply nested"),
      ),
      facts: v.optional(factsSchema),
      profile: v.optional(profileSchema),
      text: v.string(),
    }),
  ),
  phases: list(v.object({ number: count, name: v.string(), startedAt: count })),
  findings: list(
    v.object({
      phase: count,
      title: v.string(),
      text: v.string(),
      contentIds: v.array(contentId),
      createdAt: count,
    }),
  ),
  savedFiles: list(v.object({ path, contentId, phase: count, savedAt: count })),
});

/** What is wrong between the parts of a session that are right by themselves; undefined if nothing is. */
function flawOf(session: PortableSession): string | undefined {
  const { files, contents, digests, phases, savedFiles } = session;
  const twice =
    repeated("file", files, ({ path: where }) => where) ??
    repeated("saved file", savedFiles, ({ path: where }) => where) ??
    repeated("content", contents, (known) => known.contentId) ??
    repeated("digest", digests, (digest) => `${digest.contentId} ${digest.extractor}`) ??
    repeated("phase", phases, ({ number }) => number);
  if (twice !== undefined) return twice;
  const described = new Set(contents.map((known) => known.contentId));
  // Not those of findings: a finding outlives the contents that it was found in.
  const named = [files, savedFiles, digests].flatMap((items) =>
    items.map((item) => item.contentId),
  );
  const isDescribed = named.every((id) => described.has(id));
  return isDescribed ? undefined : "a content is named and not described";
}

function repeated<T>(
  noun: string,
  items: readonly T[],
  keyOf: (item: T) => unknown,
): string | undefined {
  const isRepeated = new Set(items.map(keyOf)).size < items.length;
  return isRepeated ? `a ${noun} is there twice` : undefined;
}

/** True if no value lies deeper than this: to copy or to write a deeper one would exhaust the stack. */
function isFlat(value: unknown, depth: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  return depth > 0 && Object.values(value).every((inner) => isFlat(inner, depth - 1));
}

function parseJson(text: string, fileName: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid(fileName, `${sessionEntry} is not JSON`, error);
  }
}

function newer(fileName: string): ContextError {
  return new ContextError(
    "archive-invalid",
    `${fileName} was written by a newer Satchel: update the extension to read it`,
    { file: fileName },
  );
}
