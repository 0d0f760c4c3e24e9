import { isAbort, isContextError } from "../core/errors.ts";
import type { ProviderFiles, RemoteFile, UploadRequest } from "../core/ports/provider-files.ts";
import { storedFile } from "./calls.ts";
import { toldType } from "./gemini-media.ts";
import { namesFor } from "./gemini-names.ts";
import { pagesOf } from "./gemini-pages.ts";
import { judgeFile } from "./gemini-refusals.ts";
import { fileOf, mayBeEmpty, type StoredFile } from "./gemini-replies.ts";
import { transfer } from "./gemini-transfer.ts";
import { called, type Connection, jsonOf } from "./gemini-wire.ts";
import { abortError, type CallSite, errorFor, malformed } from "./http.ts";
import { plainSentence } from "./plain-sentence.ts";

/** How long a file may be in processing, in milliseconds. */
export interface Patience {
  /** Between two looks. */
  readonly between: number;
  /** Altogether. */
  readonly atMost: number;
}

// Texts are ready at once, documents in seconds, films in minutes.
const usualPatience: Patience = { between: 1_000, atMost: 5 * 60_000 };

// https://ai.google.dev/api/files#method:-files.list
const pageSize = 100;

/** The files of an account. */
export function filesAt(connection: Connection, patience: Patience = usualPatience): ProviderFiles {
  return {
    upload: (request, signal) => upload({ connection, request, patience, signal }),
    list: (signal) => list(connection, signal),
    get: async (id, signal) => shown(await lookUp(connection, id, signal)),
    delete: (id, signal) => remove(connection, id, signal),
  };
}

interface Uploading {
  readonly connection: Connection;
  readonly request: UploadRequest;
  readonly patience: Patience;
  readonly signal: AbortSignal;
}

async function upload(uploading: Uploading): Promise<RemoteFile> {
  const { connection, request, signal } = uploading;
  const site = { ...connection.site, file: request.file ?? request.name };
  const named = { ...uploading, connection: { ...connection, site } };
  for (const name of namesFor(request)) {
    const stored = await storedAs(named, name);
    if (stored === undefined) continue;
    const { remote } = await ready(named, stored);
    return checked(remote, request, site);
  }
  if (signal.aborted) throw abortError();
  const why = `${site.provider} keeps the place of ${site.file} for an upload that was broken off`;
  throw errorFor({ code: "provider-busy", sentence: `${why}: try again in a moment` }, site);
}

/** The file under this name, sent or found there; undefined if the name is taken by something else. */
async function storedAs(
  { connection, request, signal }: Uploading,
  name: string,
): Promise<StoredFile | undefined> {
  try {
    return await transfer(connection, request, name, signal);
  } catch (error) {
    // The same bytes are there already: the server may say so only after it has taken them again.
    if (!isContextError(error) || error.facts.status !== 409) throw error;
    const held = await lookUp(connection, `files/${name}`, signal);
    return held !== undefined && isUsable(held, request) ? held : undefined;
  }
}

/** What another upload has left there in a bad state is not ours to remove. */
function isUsable({ mediaType, state, remote }: StoredFile, request: UploadRequest): boolean {
  const type = toldType(request.mediaType);
  return (mediaType ?? type) === type && (state !== "failed" || remote.name === request.name);
}

/** Waits until a file can be used. */
async function ready(
  { connection, patience, signal, request }: Uploading,
  stored: StoredFile,
): Promise<StoredFile> {
  const { provider, file = request.name } = connection.site;
  const end = performance.now() + patience.atMost;
  for (let now: StoredFile | undefined = stored; ;) {
    if (now?.state === "ready") return now;
    if (now?.state === "failed") {
      await discard(connection, now.remote.id, signal);
      const why = plainSentence(now.problem ?? "it cannot be processed", connection.site.key);
      const sentence = `${provider} did not take ${file}: ${why}`;
      throw errorFor({ code: "provider-rejected", sentence }, connection.site);
    }
    if (now === undefined || performance.now() > end) {
      const sentence = `${provider} has not finished processing ${file}: try again in a moment`;
      throw errorFor({ code: "provider-busy", sentence }, connection.site);
    }
    await pause(patience.between, signal);
    now = await lookUp(connection, stored.remote.id, signal);
  }
}

/** Deletes what nobody can use, as far as that is possible: it would hold its name for two days. */
async function discard(connection: Connection, id: string, signal: AbortSignal): Promise<void> {
  try {
    await remove(connection, id, signal);
  } catch (error) {
    if (isAbort(error)) throw error;
  }
}

/** A file that is stored, which must be the one that was sent. */
function checked(remote: RemoteFile, request: UploadRequest, site: CallSite): RemoteFile {
  const file = storedFile(remote, request, site);
  if (file.contentId !== undefined && file.contentId !== request.contentId) {
    throw malformed(site, "word that it stored other bytes than those that were sent");
  }
  return file;
}

/** Files that cannot be used, or not yet, are not shown: who finds one would rely on it. */
async function list(connection: Connection, signal: AbortSignal): Promise<readonly RemoteFile[]> {
  const all = { path: "/v1beta/files", key: "files", pageSize };
  const found = await pagesOf(connection, all, signal, fileOf);
  return found.filter(({ state }) => state === "ready").map(({ remote }) => remote);
}

async function lookUp(
  connection: Connection,
  id: string,
  signal: AbortSignal,
): Promise<StoredFile | undefined> {
  // https://ai.google.dev/api/files#method:-files.get
  const call = { method: "GET", path: pathOf(id), about: { judge: judgeFile(id) } } as const;
  return orIfGone(() =>
    called(connection, call, signal, async (response, site) =>
      fileOf(await jsonOf(response), site),
    ),
  );
}

async function remove(connection: Connection, id: string, signal: AbortSignal): Promise<void> {
  // https://ai.google.dev/api/files#method:-files.delete
  const call = { method: "DELETE", path: pathOf(id), about: { judge: judgeFile(id) } } as const;
  await orIfGone(() =>
    called(connection, call, signal, async (response, site) => {
      mayBeEmpty(await jsonOf(response), site);
    }),
  );
}

/** An id that Gemini never gave out must not lead elsewhere. */
function pathOf(id: string): string {
  const name = encodeURIComponent(id.replace(/^files\//, ""));
  return `/v1beta/files/${/^\.*$/.test(name) ? "-" : name}`;
}

function shown(stored: StoredFile | undefined): RemoteFile | undefined {
  return stored === undefined || stored.state === "failed" ? undefined : stored.remote;
}

/** What `request` resolves to; undefined if there is no such file. */
async function orIfGone<Result>(request: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await request();
  } catch (error) {
    if (isContextError(error) && error.code === "provider-file-gone") return undefined;
    throw error;
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(abortError());
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}
