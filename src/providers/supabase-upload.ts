import { ContextError, type ContextErrorCode, isContextError } from "../core/errors.ts";
import type { RemoteFile, UploadRequest } from "../core/ports/provider-files.ts";
import { errorFor, failureOf, fieldsOf, malformed } from "./http.ts";
import { type Call, type Connection, tried } from "./supabase-connection.ts";
import { uploadTimeout } from "./timeouts.ts";
import { pathOf, type Place, placeOf, remoteFile } from "./supabase-objects.ts";

/** Above the free plan's limit, a bucket is asked for its own before anything is sent. */
// https://supabase.com/docs/guides/storage/uploads/file-limits
const freeLimit = 50_000_000;
/** What says that a request was refused, and so has done nothing. */
const refusals: ReadonlySet<ContextErrorCode> = new Set([
  "key-missing",
  "key-rejected",
  "provider-rejected",
  "quota-exceeded",
]);

/** What is uploaded, and where to. */
interface Uploading {
  readonly place: Place;
  readonly request: UploadRequest;
}

/**
 * Uploads a file, and creates its bucket if there is none. A reply to an upload tells neither size nor time, so a look follows; an object that was
 * there already is checked by the same look.
 */
export async function upload(
  connection: Connection,
  request: UploadRequest,
  signal: AbortSignal,
): Promise<RemoteFile> {
  const site = { ...connection.site, file: request.file ?? request.name };
  const call: Call = { ...connection, site };
  const uploading: Uploading = { place: placeOf(request), request };
  if (request.bytes.length > freeLimit) await checkLimit(call, uploading, signal);
  if (!(await put(call, uploading, signal))) {
    await createBucket(call, uploading.place.bucket, signal);
    if (!(await put(call, uploading, signal))) {
      throw malformed(
        site,
        `word that there is no bucket ${uploading.place.bucket}, just after it was made`,
      );
    }
  }
  return confirmed(call, uploading, signal);
}

/** Sends the bytes. False if there is no such bucket. */
async function put(
  call: Call,
  { place: { bucket, key }, request }: Uploading,
  signal: AbortSignal,
): Promise<boolean> {
  const { name, contentId, mediaType, bytes } = request;
  const timeout = uploadTimeout(bytes.length);
  const { data, refused } = await tried({ ...call, timeout }, signal, (client) =>
    // https://supabase.com/docs/reference/javascript/storage-from-upload
    client.from(bucket).upload(pathOf(key), bytes, {
      contentType: mediaType,
      upsert: false,
      // For other tools: what the key tells is in the list, too.
      metadata: { name, contentId, mediaType },
    }),
  );
  if (refused?.isMissingBucket) return false;
  if (refused?.isDuplicate) return true;
  if (refused) throw failureOf(refused, call.site, signal);
  if (data.fullPath !== `${bucket}/${key}`) throw malformed(call.site, "a reply without the key");
  return true;
}

/** Refuses a large file before it is sent, where the bucket tells its limit. */
async function checkLimit(
  call: Call,
  { place: { bucket }, request }: Uploading,
  signal: AbortSignal,
): Promise<void> {
  const { data, refused } = await tried(call, signal, (client) =>
    // https://supabase.com/docs/reference/javascript/storage-getbucket
    client.getBucket(bucket),
  );
  // Who may not see the bucket may still put files there.
  if (refused?.isGone) return;
  if (refused) throw failureOf(refused, call.site, signal);
  const limit = data.file_size_limit;
  if (typeof limit !== "number" || limit <= 0 || request.bytes.length <= limit) return;
  const { provider, file } = call.site;
  const sentence = `${provider} does not take ${file}: it has ${request.bytes.length} bytes, and the bucket ${bucket} allows ${limit}`;
  throw errorFor({ code: "provider-rejected", sentence }, call.site);
}

async function createBucket(call: Call, bucket: string, signal: AbortSignal): Promise<void> {
  const { refused } = await tried(call, signal, (client) =>
    // https://supabase.com/docs/reference/javascript/storage-createbucket
    client.createBucket(bucket, { public: false }),
  );
  // Another window was faster.
  if (refused === undefined || refused.isDuplicate) return;
  if (refused.status !== 403) throw failureOf(refused, call.site, signal);
  const { provider, file } = call.site;
  const sentence = `${provider} has no bucket ${bucket} and this API key may not create it, so ${file} was not uploaded: create a private bucket of that name in the project, with policies that let the key use it`;
  throw errorFor({ code: "provider-rejected", sentence }, call.site);
}

/** What the server now holds for an upload, if it is that. */
async function confirmed(
  call: Call,
  { place, request }: Uploading,
  signal: AbortSignal,
): Promise<RemoteFile> {
  const { provider, file } = call.site;
  const found = await lookUp(call, place, signal).catch((error: unknown) => {
    throw inDoubt(error);
  });
  if (found === undefined) {
    const sentence = `${provider} took ${file}, but this API key may not read the bucket ${place.bucket}: add a policy that lets it select what it has put there`;
    throw errorFor({ code: "upload-unfinished", sentence }, call.site);
  }
  const { remote, contentId = request.contentId } = found;
  if (remote.bytes === request.bytes.length && contentId === request.contentId) return remote;
  const sentence = `${provider} holds something else under the name of ${file} (${remote.bytes ?? "no"} bytes instead of ${request.bytes.length}): upload it again`;
  throw errorFor({ code: "provider-rejected", sentence }, call.site);
}

/** Who reads that a request was refused takes it that nothing was stored. Here something was. */
function inDoubt(error: unknown): unknown {
  if (!isContextError(error)) return error;
  const { status: _, ...facts } = error.facts;
  const code = refusals.has(error.code) ? "upload-unfinished" : error.code;
  return new ContextError(code, error.message, { ...facts, cause: error.cause });
}

interface Found {
  readonly remote: RemoteFile;
  /** What the object's metadata says of its content; undefined if it says nothing. */
  readonly contentId?: string | undefined;
}

/** What the server tells of an object; undefined if it has none there, or none that the key may see. */
export async function lookUp(
  call: Call,
  place: Place,
  signal: AbortSignal,
): Promise<Found | undefined> {
  const { data, refused } = await tried(call, signal, (client) =>
    // https://supabase.com/docs/reference/javascript/storage-from-info
    client.from(place.bucket).info(pathOf(place.key)),
  );
  if (refused?.isGone) return undefined;
  if (refused) throw failureOf(refused, call.site, signal);
  const { name, size, createdAt, metadata } = fieldsOf(data);
  if (name !== place.key) throw malformed(call.site, "a reply without the key");
  const { contentId } = fieldsOf(metadata);
  return {
    remote: remoteFile(place, size, createdAt),
    contentId: typeof contentId === "string" ? contentId : undefined,
  };
}
