import type { RemoteFile, UploadRequest } from "../core/ports/provider-files.ts";
import { type CallSite, checkSendable, failureOf, isGone, malformed } from "./http.ts";

/** A server that a client of its provider's SDK talks to. */
export interface Connection<Client> {
  readonly client: Client;
  readonly site: CallSite;
  /** True if nothing is sent without a key. */
  readonly needsKey: boolean;
}

export interface Call<Client> extends Connection<Client> {
  /** What the request is about, for its errors. */
  readonly about?: Partial<CallSite>;
}

/** Every request goes through here: checked before it is sent, and its failures told in one way. */
export async function called<Client, Reply>(
  call: Call<Client>,
  signal: AbortSignal,
  request: (client: Client) => PromiseLike<Reply>,
): Promise<{ readonly reply: Reply; readonly site: CallSite }> {
  const site = { ...call.site, ...call.about };
  checkSendable(site, call.needsKey, signal);
  try {
    const reply = await request(call.client);
    return { reply, site };
  } catch (error) {
    throw failureOf(error, site, signal);
  }
}

/** What `request` resolves to; undefined if the provider has no such file. */
export async function orIfGone<Result>(
  request: () => Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await request();
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

/** The file of a reply to an upload, which must be the one that was sent. */
export function storedFile(
  file: RemoteFile,
  sent: Pick<UploadRequest, "name" | "bytes">,
  site: CallSite,
): RemoteFile {
  const size = sent.bytes.length;
  if (file.bytes !== undefined && file.bytes !== size) {
    throw malformed(site, `word that it stored ${file.bytes} bytes instead of ${size}`);
  }
  return { ...file, name: file.name === "" ? sent.name : file.name };
}
