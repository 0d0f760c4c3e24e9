import type { RemoteFile, UploadRequest } from "../core/ports/provider-files.ts";
import { supabaseCapabilities } from "./supabase-capabilities.ts";
import { fieldsOf } from "./http.ts";

/** Where an object lies. */
export interface Place {
  readonly bucket: string;
  readonly key: string;
}

/** The buckets that files are uploaded to, by their purposes; the first is the usual one. */
export const buckets: readonly string[] = supabaseCapabilities.files.purposes.map(
  ({ name }) => name,
);

/** A name of a folder or file may have 255 bytes where a server keeps its objects on a disk. */
const longestName = 230;
/** At most so many of them for the tag and what follows it. */
const longestTail = 100;

const ownKey = /^[0-9a-f]{2}\/([0-9a-f]{64})\/([^/]+)$/;

/**
 * Where an upload is put: `<first two digits>/<content id>/<remote name>`. So a list tells the content and the name without a request for each
 * object, the same upload twice is one object, and equal bytes of two users, of whom neither may see the other's files, are two.
 */
export function placeOf({
  purpose,
  contentId,
  name,
}: Pick<UploadRequest, "purpose" | "contentId" | "name">): Place {
  const key = `${contentId.slice(0, 2)}/${contentId}/${nameInKey(name)}`;
  return { bucket: purpose, key };
}

/** The place that a file id tells, `<bucket>/<key>`; undefined for what cannot be one. */
export function placeIn(id: string): Place | undefined {
  const named = buckets.find((bucket) => id.startsWith(`${bucket}/`));
  const bucket = named ?? buckets[0] ?? "";
  const key = named === undefined ? id : id.slice(named.length + 1);
  const isKey = key.split("/").every((part) => !/^\.{0,2}$/.test(part));
  return isKey && key.isWellFormed() ? { bucket, key } : undefined;
}

/** A key as a part of a URL: the SDK puts it there as it is. */
export function pathOf(key: string): string {
  // Not `encodeURIComponent`: a server signs what `decodeURI` makes of the path.
  return encodeURI(key).replace(/[?#]/g, encodeURIComponent);
}

/** What a server tells of an object, as the file of the port. */
export function remoteFile({ bucket, key }: Place, size: unknown, created: unknown): RemoteFile {
  const [, contentId, name] = ownKey.exec(key) ?? [];
  const createdAt = typeof created === "string" ? Date.parse(created) : Number.NaN;
  return {
    id: `${bucket}/${key}`,
    name: name === undefined ? key.slice(key.lastIndexOf("/") + 1) : nameFromKey(name),
    bytes: typeof size === "number" ? size : undefined,
    createdAt: Number.isNaN(createdAt) ? undefined : createdAt,
    purpose: bucket,
    contentId,
  };
}

/** One object of a list; undefined if it has no key. */
export function listedFile(bucket: string, item: unknown): RemoteFile | undefined {
  const { key, name, metadata, created_at: created } = fieldsOf(item);
  const found = [key, name].find((each) => typeof each === "string" && each !== "");
  if (typeof found !== "string") return undefined;
  return remoteFile({ bucket, key: found }, fieldsOf(metadata)["size"], created);
}

/**
 * Keys take few characters: all others are written as their bytes in UTF-8, like `=C3=A9`. What is too long loses the end of what stands before the
 * tag.
 */
// https://github.com/supabase/storage/blob/master/src/storage/limits.ts
function nameInKey(name: string): string {
  const [, head = name, tail = ""] = /^(.*?)(\.stc-[0-9a-f]{12}-[0-9a-f]{6}.*)$/su.exec(name) ?? [];
  const end = cut(tail, longestTail);
  const text = cut(head, longestName - end.length) + end;
  // Neither a hidden file, nor a step up, nor a name that somebody trims.
  return text.replace(/^[. ]| $/g, inBytes);
}

function cut(text: string, room: number): string {
  let written = "";
  for (const character of text) {
    const next = /[\w. -]/.test(character) ? character : inBytes(character);
    if (written.length + next.length > room) break;
    written += next;
  }
  return written;
}

function inBytes(text: string): string {
  const bytes = new TextEncoder().encode(text);
  return Array.from(bytes, (byte) => `=${byte.toString(16).toUpperCase().padStart(2, "0")}`).join(
    "",
  );
}

function nameFromKey(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("%", "%25").replace(/=([0-9A-F]{2})/g, "%$1"));
  } catch {
    return text;
  }
}
