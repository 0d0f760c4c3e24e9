import type { OpenAI } from "openai";
import type { RemoteFile, UploadRequest } from "../core/ports/provider-files.ts";
import { type Call, called, storedFile } from "./calls.ts";
import { malformed, replyFields } from "./http.ts";
import { createMd5, type Md5 } from "./md5.ts";
import { multipartBody } from "./multipart.ts";
import type { Connection } from "./openai-connection.ts";
import { type FileRules, lifetimeInSeconds, requestId } from "./openai-files.ts";
import { idOf, remoteFile } from "./openai-replies.ts";
import { callTimeout as timeout, uploadTimeout } from "./timeouts.ts";

interface Sending {
  readonly call: Call<OpenAI>;
  readonly request: UploadRequest;
  /** Stops everything: the caller's abort, or the end of the time that an upload may take. */
  readonly signal: AbortSignal;
}

/**
 * Stores a large file in parts, one after the other, and lets the server check the sum of them all. There is no file before the last request. If any request
 * fails, the upload is cancelled; a server that does not learn of that drops the parts after an hour.
 */
export async function uploadInParts(
  connection: Connection,
  request: UploadRequest,
  { partSize, ...rules }: FileRules & { readonly partSize: number },
  signal: AbortSignal,
): Promise<RemoteFile> {
  const call = { ...connection, about: { file: request.file ?? request.name } };
  const sending: Sending = { call, request, signal };
  const id = await begin(sending, rules);
  try {
    const sum = createMd5();
    const end = performance.now() + uploadTimeout(request.bytes.length);
    const parts: string[] = [];
    for (let from = 0; from < request.bytes.length; from += partSize) {
      const bytes = request.bytes.subarray(from, from + partSize);
      parts.push(await sendPart(sending, { id, bytes, sum, timeLeft: end - performance.now() }));
    }
    return await complete(sending, { id, parts, sum });
  } catch (error) {
    // Nobody waits for it.
    void cancel(connection, id);
    throw error;
  }
}

async function begin({ call, request, signal }: Sending, { lifetime }: FileRules): Promise<string> {
  const seconds = lifetimeInSeconds(request.lifetime, lifetime);
  const { reply, site } = await called(call, signal, (client) =>
    // https://developers.openai.com/api/reference/resources/uploads/methods/create
    client.post<unknown>("/uploads", {
      body: {
        filename: request.name,
        purpose: request.purpose,
        bytes: request.bytes.length,
        mime_type: request.mediaType,
        ...(seconds === undefined ? {} : { expires_after: { anchor: "created_at", seconds } }),
      },
      headers: requestId(request),
      signal,
      timeout,
    }),
  );
  return idOf(replyFields(reply, site), site);
}

interface Part {
  readonly id: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Takes the bytes as they leave, so that no time is spent on nothing else. */
  readonly sum: Md5;
  /** In milliseconds. */
  readonly timeLeft: number;
}

async function sendPart(
  { call, signal }: Sending,
  { id, bytes, sum, timeLeft }: Part,
): Promise<string> {
  const { headers, body } = multipartBody(
    {},
    {
      field: "data",
      name: "part",
      mediaType: "application/octet-stream",
      bytes,
      onPiece: (piece) => sum.add(piece),
    },
  );
  const { reply, site } = await called(call, signal, (client) =>
    // https://developers.openai.com/api/reference/resources/uploads/subresources/parts/methods/create
    client.post<unknown>(`/uploads/${encodeURIComponent(id)}/parts`, {
      body,
      headers,
      signal,
      timeout: Math.max(1000, Math.round(timeLeft)),
    }),
  );
  return idOf(replyFields(reply, site), site);
}

async function complete(
  { call, request, signal }: Sending,
  { id, parts, sum }: { readonly id: string; readonly parts: readonly string[]; readonly sum: Md5 },
): Promise<RemoteFile> {
  const { reply, site } = await called(call, signal, (client) =>
    // https://developers.openai.com/api/reference/resources/uploads/methods/complete
    client.post<unknown>(`/uploads/${encodeURIComponent(id)}/complete`, {
      body: { part_ids: parts, md5: sum.hex() },
      signal,
      timeout,
    }),
  );
  const { status, file } = replyFields(reply, site);
  if (status !== "completed") throw malformed(site, "word of an upload that is not complete");
  return storedFile(remoteFile(file, site), request, site);
}

/** What becomes of this request changes nothing for anybody. */
async function cancel(connection: Connection, id: string): Promise<void> {
  const signal = AbortSignal.timeout(timeout);
  try {
    await called(connection, signal, (client) =>
      // https://developers.openai.com/api/reference/resources/uploads/methods/cancel
      client.post<unknown>(`/uploads/${encodeURIComponent(id)}/cancel`, { signal, timeout }),
    );
  } catch {
    // The upload ends by itself.
  }
}
