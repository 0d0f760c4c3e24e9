import type { ProviderOptions, ProviderWith } from "../core/ports/provider.ts";
import type { RemoteFile } from "../core/ports/provider-files.ts";
import { isOnThisMachine } from "./address.ts";
import { capabilities } from "./capabilities.ts";
import { abortError, type CallSite, errorFor, failureOf, fieldsOf, malformed } from "./http.ts";
import { type Call, type Connection, storageAddress, tried } from "./supabase-connection.ts";
import { buckets, listedFile, pathOf, type Place, placeIn } from "./supabase-objects.ts";
import { judge } from "./supabase-refusals.ts";
import { lookUp, upload } from "./supabase-upload.ts";

/** What a Supabase adapter is made from. */
export interface SupabaseOptions extends ProviderOptions {
  /** Fingerprint of the key: `accountOf(key)`. */
  readonly account: string;
}

const displayName = "Supabase Storage";
const pageSize = 1_000;
/** How much a download brings is not known before it begins. */
const downloadTimeout = 3_600_000;

/**
 * The buckets of a project at Supabase, or of a self-hosted one. What a key may do there is up to the project's row-level security, except for a secret key: without
 * a policy, a list is empty and an object is not there, and no error says why.
 */
export function createSupabase({ baseUrl, key, account }: SupabaseOptions): ProviderWith<"files"> {
  const address = storageAddress(baseUrl);
  const connection: Connection = {
    site: { provider: displayName, baseUrl: address, key, judge },
    needsKey: !isOnThisMachine(address),
  };
  return {
    account: { provider: "supabase", name: displayName, baseUrl: address, account },
    capabilities: capabilities.supabase,
    files: {
      upload: (request, signal) => upload(connection, request, signal),
      list: (signal) => list(connection, signal),
      get: (id, signal) => get(connection, id, signal),
      delete: (id, signal) => remove(connection, id, signal),
      download: (id, signal) => download(connection, id, signal),
      link: (id, seconds, signal) => link(connection, { id, seconds }, signal),
    },
  };
}

/** All objects of our buckets, a page at a time. A bucket that is not there has none. */
async function list(connection: Connection, signal: AbortSignal): Promise<readonly RemoteFile[]> {
  const files: RemoteFile[] = [];
  for (const bucket of buckets) files.push(...(await listBucket(connection, bucket, signal)));
  return files;
}

async function listBucket(
  connection: Connection,
  bucket: string,
  signal: AbortSignal,
): Promise<readonly RemoteFile[]> {
  const { site } = connection;
  const files: RemoteFile[] = [];
  for (let cursor: string | undefined; ;) {
    const { data, refused } = await tried(connection, signal, (client) =>
      // https://supabase.com/docs/reference/javascript/storage-from-listv2
      client.from(bucket).listV2({ limit: pageSize, ...(cursor === undefined ? {} : { cursor }) }),
    );
    if (refused?.isMissingBucket) return noFiles(connection, bucket, signal);
    if (refused) throw failureOf(refused, site, signal);
    const { items, next } = pageOf(data, bucket, site);
    files.push(...items);
    if (next === undefined) return files;
    if (next === cursor) throw malformed(site, "a list of files that does not end");
    cursor = next;
  }
}

interface Page {
  readonly items: readonly RemoteFile[];
  /** Where the next page begins; undefined after the last one. */
  readonly next: string | undefined;
}

function pageOf(reply: unknown, bucket: string, site: CallSite): Page {
  const { objects, hasNext, nextCursor } = fieldsOf(reply);
  if (!Array.isArray(objects)) throw malformed(site, "a reply that is no list");
  const items = objects.map((object) => {
    const file = listedFile(bucket, object);
    if (file === undefined) throw malformed(site, "an object without a key");
    return file;
  });
  if (hasNext !== true) return { items, next: undefined };
  if (typeof nextCursor === "string") return { items, next: nextCursor };
  throw malformed(site, "a list of files that does not end");
}

/** An old server does not know this way of listing, and takes the request for an upload to a bucket that it does not have: that is no empty list. */
async function noFiles(
  connection: Connection,
  bucket: string,
  signal: AbortSignal,
): Promise<readonly RemoteFile[]> {
  const { refused } = await tried(connection, signal, (client) => client.getBucket(bucket));
  if (refused?.isGone) return [];
  if (refused) throw failureOf(refused, connection.site, signal);
  const sentence = `${displayName} is too old to list the files of a bucket page by page: update the server`;
  throw errorFor({ code: "provider-rejected", sentence }, connection.site);
}

async function get(
  connection: Connection,
  id: string,
  signal: AbortSignal,
): Promise<RemoteFile | undefined> {
  const place = placeFor(id, signal);
  return place && (await lookUp(connection, place, signal))?.remote;
}

async function remove(connection: Connection, id: string, signal: AbortSignal): Promise<void> {
  const place = placeFor(id, signal);
  if (place === undefined) return;
  const { site } = connection;
  const { data, refused } = await tried(connection, signal, (client) =>
    // https://supabase.com/docs/reference/javascript/storage-from-remove
    client.from(place.bucket).remove([place.key]),
  );
  if (refused?.isGone) return;
  if (refused) throw failureOf(refused, site, signal);
  if (!Array.isArray(data)) throw malformed(site, "a reply that does not confirm the deletion");
  // What is gone already and what may not be deleted are passed over alike.
  if (data.length > 0 || !(await get(connection, id, signal))) return;
  const sentence = `${displayName} does not let this API key delete files of the bucket ${place.bucket}: add a policy that lets it, or run "Satchel: Set API Key"`;
  throw errorFor({ code: "key-rejected", sentence }, site);
}

async function download(
  connection: Connection,
  id: string,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const call: Call = { ...connection, reads: "bytes", timeout: downloadTimeout };
  const place = placeFor(id, signal);
  const { data, refused } = place
    ? await tried(call, signal, (client) =>
        // https://supabase.com/docs/reference/javascript/storage-from-download
        client.from(place.bucket).download(pathOf(place.key)),
      )
    : {};
  if (refused && !refused.isGone) throw failureOf(refused, call.site, signal);
  if (!data) throw gone(connection, id);
  return new Uint8Array(await data.arrayBuffer());
}

async function link(
  connection: Connection,
  { id, seconds }: { readonly id: string; readonly seconds: number },
  signal: AbortSignal,
): Promise<string> {
  const { site } = connection;
  const place = placeFor(id, signal);
  if (place === undefined) throw gone(connection, id);
  const { data, refused } = await tried(connection, signal, (client) =>
    // https://supabase.com/docs/reference/javascript/storage-from-createsignedurl
    client.from(place.bucket).createSignedUrl(pathOf(place.key), seconds),
  );
  if (refused?.isGone) throw gone(connection, id);
  if (refused) throw failureOf(refused, site, signal);
  if (data.signedUrl.startsWith(`${site.baseUrl}/object/sign/`)) return data.signedUrl;
  throw malformed(site, "a reply without a link");
}

/** The place of a file id; undefined for an id that no file can have. */
function placeFor(id: string, signal: AbortSignal): Place | undefined {
  if (signal.aborted) throw abortError();
  return placeIn(id);
}

function gone({ site }: Connection, id: string): Error {
  const sentence = `${displayName} has no file ${id} any more: upload it again`;
  return errorFor({ code: "provider-file-gone", sentence }, site);
}
