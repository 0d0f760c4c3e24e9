import type { LifetimeRange } from "../core/ports/capabilities.ts";
import type { RemoteFile, UploadRequest } from "../core/ports/provider-files.ts";
import { called, orIfGone, storedFile } from "./calls.ts";
import { type CallSite, fieldsOf, malformed } from "./http.ts";
import { withinRange } from "./lifetime.ts";
import { multipartBody } from "./multipart.ts";
import type { Connection } from "./openai-connection.ts";
import { idOf, items, remoteFile, requireDeleted } from "./openai-replies.ts";
import { callTimeout as timeout, uploadTimeout } from "./timeouts.ts";

/** How a server keeps files, as far as requests must say it. */
export interface FileRules {
  /** The purpose of the files that are listed. */
  readonly purpose: string;
  readonly lifetime: LifetimeRange | undefined;
  /** Files on a page of a list; as many as the server likes if it is left out. */
  readonly pageSize?: number | undefined;
}

// https://developers.openai.com/api/reference/overview#supplying-your-own-request-id-with-x-client-request-id
export const requestIdHeader = "x-client-request-id";

/** Stores a file in one request. */
export async function upload(
  connection: Connection,
  request: UploadRequest,
  { lifetime }: FileRules,
  signal: AbortSignal,
): Promise<RemoteFile> {
  const about = { file: request.file ?? request.name };
  const seconds = lifetimeInSeconds(request.lifetime, lifetime);
  const expiry: Record<string, string> =
    seconds === undefined
      ? {}
      : { "expires_after[anchor]": "created_at", "expires_after[seconds]": String(seconds) };
  const { headers, body } = multipartBody({ purpose: request.purpose, ...expiry }, request);
  const { reply, site } = await called({ ...connection, about }, signal, (client) =>
    // https://developers.openai.com/api/reference/resources/files/methods/create
    // Not `client.files.create`: it would hold four copies of the file in memory.
    client.post<unknown>("/files", {
      body,
      headers: { ...headers, ...requestId(request) },
      signal,
      timeout: uploadTimeout(request.bytes.length),
    }),
  );
  return storedFile(remoteFile(reply, site), request, site);
}

/** Files of one purpose. */
export async function list(
  connection: Connection,
  { purpose, pageSize }: FileRules,
  signal: AbortSignal,
): Promise<readonly RemoteFile[]> {
  const files: RemoteFile[] = [];
  for (let after: string | undefined; ;) {
    const query = { purpose, ...(pageSize && { limit: pageSize }), ...(after && { after }) };
    const { reply, site } = await called(connection, signal, (client) =>
      // https://developers.openai.com/api/reference/resources/files/methods/list
      // Not `client.files.list`: the SDK turns a reply without data, such as a web page, into an empty list.
      client.get<unknown>("/files", { query, signal, timeout }),
    );
    const page = items(reply, site);
    // Compatible servers may list all files, whatever purpose was asked for.
    const ours = page.filter((item) => (item["purpose"] || purpose) === purpose);
    files.push(...ours.map((item) => remoteFile(item, site)));
    if (fieldsOf(reply)["has_more"] !== true) return files;
    const last = page.at(-1);
    if (last === undefined || last["id"] === after) {
      throw malformed(site, "a list of files that does not end");
    }
    after = idOf(last, site);
  }
}

/** Undefined if the server has no such file. `read` is how the server tells of a file. */
export async function get(
  connection: Connection,
  id: string,
  signal: AbortSignal,
  read: (reply: unknown, site: CallSite) => RemoteFile = remoteFile,
): Promise<RemoteFile | undefined> {
  return orIfGone(async () => {
    const { reply, site } = await called(connection, signal, (client) =>
      // https://developers.openai.com/api/reference/resources/files/methods/retrieve
      client.files.retrieve(id, { signal, timeout }),
    );
    return read(reply, site);
  });
}

export async function remove(
  connection: Connection,
  id: string,
  signal: AbortSignal,
): Promise<void> {
  await orIfGone(async () => {
    const { reply, site } = await called(connection, signal, (client) =>
      // https://developers.openai.com/api/reference/resources/files/methods/delete
      client.files.delete(id, { signal, timeout }),
    );
    requireDeleted(reply, site);
  });
}

/** OpenAI logs it, so that an upload whose reply was lost can be asked about. It takes no more than 512 ASCII characters. */
export function requestId({
  operationId,
}: Pick<UploadRequest, "operationId">): Readonly<Record<string, string>> {
  return operationId === undefined ? {} : { [requestIdHeader]: operationId };
}

/** Whole seconds that a server keeps a file if it is asked for this lifetime. */
export function lifetimeInSeconds(
  wanted: number | undefined,
  range: LifetimeRange | undefined,
): number | undefined {
  return wanted === undefined || range === undefined
    ? undefined
    : Math.round(withinRange(wanted, range) / 1000);
}
