import type { ProviderOptions, ProviderWith } from "../core/ports/provider.ts";
import type { ChatEvent, ChatRequest, Model } from "../core/ports/provider-chat.ts";
import type { RemoteFile, UploadRequest } from "../core/ports/provider-files.ts";
import { isOnThisMachine } from "./address.ts";
import { called } from "./calls.ts";
import { referencesIn } from "./chat-files.ts";
import { malformed, replyFields } from "./http.ts";
import { compatibleModel, isOpenAiAddress, offeredByOpenAi } from "./models-openai.ts";
import { completion } from "./openai-answer.ts";
import { chatCompletionsCapabilities, openAiCapabilities } from "./openai-capabilities.ts";
import { chatBody, filePart } from "./openai-chat.ts";
import { type Connection, connectionTo } from "./openai-connection.ts";
import { dialectOf } from "./openai-dialect.ts";
import { type FileRules, get, list, remove, requestIdHeader, upload } from "./openai-files.ts";
import { readableName } from "./openai-names.ts";
import { cutShort, judgeOf } from "./openai-refusals.ts";
import { idOf, items } from "./openai-replies.ts";
import { responseEvents } from "./openai-response-events.ts";
import { cacheKeyOf, responsesBody, responsesInput } from "./openai-responses.ts";
import { uploadInParts } from "./openai-uploads.ts";
import { callTimeout as timeout } from "./timeouts.ts";

/** What an OpenAI adapter is made from. */
export interface OpenAiOptions extends ProviderOptions {
  /** Fingerprint of the key: `accountOf(key)`. */
  readonly account: string;
  /** Sends the requests; the global `fetch` if it is left out. */
  readonly fetch?: typeof fetch | undefined;
  /** Bytes that a part of an upload has at most: larger files go to OpenAI in parts. */
  readonly partSize?: number | undefined;
}

const displayName = "OpenAI";

/** 64 MB, whichever MB is meant. */
// https://developers.openai.com/api/reference/resources/uploads
const largestPart = 64_000_000;

const rules: FileRules = {
  purpose: "user_data",
  lifetime: openAiCapabilities.files.lifetime,
  // https://developers.openai.com/api/reference/resources/files/methods/list
  pageSize: 10_000,
};

/**
 * An account at OpenAI, or at any server that speaks its protocol. One request for each call, apart from a list of several pages and a file of several parts:
 * nothing is retried here. OpenAI's own servers are asked through the Responses API, which alone reads uploaded texts; they alone count tokens and take files in
 * parts.
 */
export function createOpenAi({
  baseUrl,
  key,
  account,
  fetch: send,
  partSize = largestPart,
}: OpenAiOptions): ProviderWith<"files" | "chat"> {
  const isOpenAi = isOpenAiAddress(baseUrl);
  const connection = connectionTo(
    { provider: displayName, baseUrl, key },
    { needsKey: !isOnThisMachine(baseUrl), alsoSent: [requestIdHeader], fetch: send },
  );
  const count = (request: ChatRequest, signal: AbortSignal): Promise<number> =>
    countTokens(connection, request, signal);
  return {
    account: { provider: "openai", name: displayName, baseUrl, account },
    capabilities: isOpenAi ? openAiCapabilities : chatCompletionsCapabilities,
    files: {
      upload: (request, signal) => store({ connection, partSize }, request, signal),
      list: (signal) => list(connection, rules, signal),
      get: (id, signal) => get(connection, id, signal),
      delete: (id, signal) => remove(connection, id, signal),
    },
    chat: {
      models: (signal) => models(connection, signal),
      chat: (request, signal) => chat(connection, request, signal),
      ...(isOpenAi ? { countTokens: count } : {}),
    },
  };
}

async function store(
  { connection, partSize }: { readonly connection: Connection; readonly partSize: number },
  request: UploadRequest,
  signal: AbortSignal,
): Promise<RemoteFile> {
  const { baseUrl } = connection.site;
  if (!isOpenAiAddress(baseUrl)) return upload(connection, request, rules, signal);
  const readable = { ...request, ...readableName(request), file: request.file ?? request.name };
  return request.bytes.length > partSize
    ? uploadInParts(connection, readable, { ...rules, partSize }, signal)
    : upload(connection, readable, rules, signal);
}

async function models(connection: Connection, signal: AbortSignal): Promise<readonly Model[]> {
  const { reply, site } = await called(connection, signal, (client) =>
    // https://developers.openai.com/api/reference/resources/models/methods/list
    client.get<unknown>("/models", { signal, timeout }),
  );
  const ids = items(reply, site).map((item) => idOf(item, site));
  return isOpenAiAddress(site.baseUrl) ? offeredByOpenAi(ids) : ids.map(compatibleModel);
}

async function* chat(
  connection: Connection,
  request: ChatRequest,
  signal: AbortSignal,
): AsyncGenerator<ChatEvent, void, undefined> {
  const { model } = request;
  const about = { model, judge: judgeOf(referencesIn(request)) };
  const call = { ...connection, about };
  if (dialectOf(connection.site.baseUrl, model) === "responses") {
    const { reply: stream, site } = await called(call, signal, (client) =>
      client.responses.create(responsesBody(request), { signal }),
    );
    yield* responseEvents(stream, site, signal);
    return;
  }
  const body = {
    ...chatBody(request, (file) => filePart(file, { ...connection.site, ...about })),
    ...(isOpenAiAddress(connection.site.baseUrl) ? cacheKeyOf(request) : {}),
  };
  yield* completion(call, body, signal, { failureAt: cutShort });
}

async function countTokens(
  connection: Connection,
  request: ChatRequest,
  signal: AbortSignal,
): Promise<number> {
  const about = { model: request.model, judge: judgeOf(referencesIn(request)) };
  const { reply, site } = await called({ ...connection, about }, signal, (client) =>
    // https://developers.openai.com/api/reference/resources/responses/subresources/input_tokens/methods/count
    client.post<unknown>("/responses/input_tokens", {
      body: responsesInput(request),
      signal,
      timeout,
    }),
  );
  const { input_tokens: tokens } = replyFields(reply, site);
  if (typeof tokens === "number" && tokens > 0) return tokens;
  throw malformed(site, "a count without a number");
}
