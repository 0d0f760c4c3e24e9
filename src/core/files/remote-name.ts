import type { ContentId } from "./content.ts";

// What follows may be anything: Moonshot, for one, puts " (1)" behind a name that it has already.
const tagPattern = /\.stc-([0-9a-f]{12})-([0-9a-f]{6})(?![0-9a-z])/gu;

/** Many providers cut or refuse longer names; the tag must survive. */
const longestStem = 80;

/**
 * The name of an upload at a provider: `<stem>.stc-<12 hex of the content id>-<6 hex of the upload's id>.<ext>`. The tag lets an upload whose
 * reply was lost be found in the provider's list, and tells Satchel's files from everybody else's.
 */
export function remoteName(name: string, contentId: ContentId, uploadId: string): string {
  // A file that was saved from a provider has a tag of its own, which must not count.
  const plain = name.replaceAll(tagPattern, "");
  const dot = plain.lastIndexOf(".");
  const stem = dot > 0 ? plain.slice(0, dot) : plain;
  const extension = dot > 0 ? plain.slice(dot) : "";
  return `${safe(stem).slice(0, longestStem)}.${tag(contentId, uploadId)}${safe(extension)}`;
}

/** True if a remote name carries the tag of this upload. A provider may have changed the rest of the name. */
export function carriesTag(name: string, contentId: ContentId, uploadId: string): boolean {
  return tagIn(name) === tag(contentId, uploadId);
}

/** True if a remote name carries any tag of Satchel. */
export function isTagged(name: string): boolean {
  return lastTag(name) !== undefined;
}

/** The first twelve digits of the content id that a remote name tells; undefined without a tag. */
export function taggedContent(name: string): string | undefined {
  return lastTag(name)?.[1];
}

/** The tag in a remote name; an empty text without one. */
export function tagIn(name: string): string {
  return lastTag(name)?.[0].slice(1) ?? "";
}

/** The tags that the remote files of these uploads may carry. */
export function ownTags(uploads: readonly UploadIdentity[]): ReadonlySet<string> {
  return new Set(uploads.map(({ contentId, id }) => tag(contentId, id)));
}

interface UploadIdentity {
  readonly contentId: ContentId;
  readonly id: string;
}

/** An id for the upload that a remote name tells of, so that the name carries its tag; `fallback` without a tag. */
export function uploadIdFor(name: string, fallback: string): string {
  const digits = lastTag(name)?.[2];
  return digits === undefined ? fallback : digits + fallback.slice(digits.length);
}

/** Where other tools have put two, the last one counts. */
function lastTag(name: string): RegExpExecArray | undefined {
  return [...name.matchAll(tagPattern)].at(-1);
}

function tag(contentId: ContentId, uploadId: string): string {
  return `stc-${contentId.slice(0, 12)}-${uploadId.replaceAll("-", "").slice(0, 6)}`;
}

/** Providers mangle other characters in different ways; letters of all scripts are kept. */
function safe(text: string): string {
  return text.replace(/[^\p{L}\p{N}._ -]+/gu, "_");
}
