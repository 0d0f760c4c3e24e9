import type { ProviderOptions, ProviderWith } from "../core/ports/provider.ts";
import type { ChatEvent, ChatRequest, Model } from "../core/ports/provider-chat.ts";
import type { RemoteFile, UploadRequest } from "../core/ports/provider-files.ts";
import { createAnswerReader } from "./anthropic-answer.ts";
import { chatBody, imageTypes, promptOf } from "./anthropic-chat.ts";
import { type Connection, connectionTo, itemsOf } from "./anthropic-connection.ts";
import { acceptedName } from "./anthropic-names.ts";
import { filePage, idOf, isKept, modelOf, modelPage, remoteFile } from "./anthropic-replies.ts";
import { judgeOf } from "./anthropic-refusals.ts";
import { called, orIfGone, storedFile } from "./calls.ts";
import { capabilities } from "./capabilities.ts";
import { referencesIn } from "./chat-files.ts";
import { abortError, checkSendable, errorFor, failureOf, malformed, replyFields } from "./http.ts";
import { withinRange } from "./lifetime.ts";
import { multipartBody } from "./multipart.ts";
import { plainSentence } from "./plain-sentence.ts";
import { callTimeout as timeout, uploadTimeout } from "./timeouts.ts";

/** What an Anthropic adapter is made from. */
export interface AnthropicOptions extends ProviderOptions {
  /** Fingerprint of the key: `accountOf(key)`. */
  readonly account: string;
}

const displayName = "Anthropic";

/** An account at Anthropic, or at any server that speaks its protocol. One request for each call: nothing is retried here. */
export function createAnthropic({
  baseUrl,
  key,
  account,
}: AnthropicOptions): ProviderWith<"files" | "chat"> {
  const connection = connectionTo({ provider: displayName, baseUrl, key, judge: judgeOf() });
  return {
    account: { provider: "anthropic", name: displayName, baseUrl, account },
    capabilities: capabilities.anthropic,
    files: {
      upload: (request, signal) => upload(connection, request, signal),
      list: (signal) => list(connection, signal),
      get: (id, signal) => get(connection, id, signal),
      delete: (id, signal) => remove(connection, id, signal),
    },
    chat: {
      models: (signal) => models(connection, signal),
      chat: (request, signal) => chat(connection, request, signal),
      countTokens: (request, signal) => countTokens(connection, request, signal),
    },
  };
}

async function upload(
  connection: Connection,
  request: UploadRequest,
  signal: AbortSignal,
): Promise<RemoteFile> {
  const name = acceptedName(request.name);
  const { headers, body } = multipartBody(expiry(request.lifetime), {
    name,
    mediaType: sentType(request.mediaType),
    bytes: request.bytes,
  });
  const about = { file: request.file ?? request.name };
  const { reply, site } = await called({ ...connection, about }, signal, (client) =>
    // https://platform.claude.com/docs/en/api/files/create
    // Not `client.files.upload`: it would hold several copies of the file in memory.
    client.post<unknown>("/v1/files", {
      body,
      headers,
      signal,
      timeout: uploadTimeout(request.bytes.length),
    }),
  );
  return storedFile(remoteFile(reply, site), { ...request, name }, site);
}

async function list(connection: Connection, signal: AbortSignal): Promise<readonly RemoteFile[]> {
  // https://platform.claude.com/docs/en/api/files/list
  const wanted = { path: "/v1/files", cursor: "page", pageOf: filePage, itemOf: remoteFile };
  return (await itemsOf(connection, wanted, signal)).filter(isKept);
}

async function get(
  connection: Connection,
  id: string,
  signal: AbortSignal,
): Promise<RemoteFile | undefined> {
  return orIfGone(async () => {
    const { reply, site } = await called(connection, signal, (client) =>
      // https://platform.claude.com/docs/en/api/files/retrieve_metadata
      client.files.retrieveMetadata(id, null, { signal, timeout }),
    );
    const file = remoteFile(reply, site);
    return isKept(file) ? file : undefined;
  });
}

async function remove(connection: Connection, id: string, signal: AbortSignal): Promise<void> {
  await orIfGone(async () => {
    const { reply, site } = await called(connection, signal, (client) =>
      // https://platform.claude.com/docs/en/api/files/delete
      client.files.delete(id, null, { signal, timeout }),
    );
    const deleted = replyFields(reply, site);
    if (deleted["type"] !== "file_deleted" && idOf(deleted, site) !== id) {
      throw malformed(site, "a reply that does not confirm the deletion");
    }
  });
}

async function models(connection: Connection, signal: AbortSignal): Promise<readonly Model[]> {
  // https://platform.claude.com/docs/en/api/models/list
  // Models that are no longer served are not among them unless one asks.
  const wanted = { path: "/v1/models", cursor: "after_id", pageOf: modelPage, itemOf: modelOf };
  return itemsOf(connection, wanted, signal);
}

async function* chat(
  connection: Connection,
  request: ChatRequest,
  signal: AbortSignal,
): AsyncGenerator<ChatEvent, void, undefined> {
  const about = { model: request.model, judge: judgeOf(referencesIn(request)) };
  const { reply: stream, site } = await called({ ...connection, about }, signal, (client) =>
    // Not `client.messages.create`: it prints warnings about some models.
    client.post<AsyncIterable<unknown>>("/v1/messages", {
      body: chatBody(request),
      stream: true,
      signal,
    }),
  );
  const answer = createAnswerReader();
  try {
    // Leaving this loop early, as an abandoned iteration does, makes the SDK abort the request.
    for await (const event of stream) yield* answer.read(event);
  } catch (error) {
    throw failureOf(error, site, signal);
  }
  // The SDK ends quietly when the request is aborted, and when the reply holds no stream at all.
  if (signal.aborted) throw abortError();
  if (!answer.isFinished()) throw malformed(site, "an answer that breaks off");
  const usage = answer.usage();
  if (usage !== undefined) yield { kind: "usage", usage };
  const refusal = answer.refusal();
  if (refusal === undefined) return;
  const why = refusal === "" ? "" : ` (${plainSentence(refusal, site.key)})`;
  const sentence = `${displayName} declined to answer${why}: ask in other words, or choose another model`;
  throw errorFor({ code: "provider-rejected", sentence }, site);
}

/** Rejects with `provider-rejected`, without a request, if there is a reference: the service counts no uploaded files. */
async function countTokens(
  connection: Connection,
  request: ChatRequest,
  signal: AbortSignal,
): Promise<number> {
  checkSendable(connection.site, connection.needsKey, signal);
  const [file] = referencesIn(request).values();
  if (file !== undefined) {
    const sentence = `${displayName} does not count uploaded files, so the tokens of a request with ${file} are not known before it is sent`;
    throw errorFor({ code: "provider-rejected", sentence }, { ...connection.site, file });
  }
  const about = { model: request.model };
  const { reply, site } = await called({ ...connection, about }, signal, (client) =>
    // https://platform.claude.com/docs/en/api/messages/count_tokens
    client.post<unknown>("/v1/messages/count_tokens", { body: promptOf(request), signal, timeout }),
  );
  const { input_tokens: tokens } = replyFields(reply, site);
  if (typeof tokens !== "number") throw malformed(site, "a count without a number");
  return tokens;
}

/** A chat takes PDFs, images and plain text; whatever else is accepted here is some other kind of text. */
function sentType(mediaType: string): string {
  return mediaType === "application/pdf" || imageTypes.includes(mediaType)
    ? mediaType
    : "text/plain";
}

function expiry(wanted: number | undefined): Readonly<Record<string, string>> {
  if (wanted === undefined) return {};
  const clamped = withinRange(wanted, capabilities.anthropic.files.lifetime);
  return { expires_in_seconds: String(Math.round(clamped / 1000)) };
}
