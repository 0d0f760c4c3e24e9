import type { ProviderOptions, ProviderWith } from "../core/ports/provider.ts";
import type { ChatEvent, ChatRequest, Model, ProviderChat } from "../core/ports/provider-chat.ts";
import { isOnThisMachine } from "./address.ts";
import { capabilities } from "./capabilities.ts";
import { answerOf } from "./gemini-answer.ts";
import { type ChatBody, chatBody } from "./gemini-chat.ts";
import { filesAt, type Patience } from "./gemini-files.ts";
import { pagesOf } from "./gemini-pages.ts";
import { judge, judgeChat } from "./gemini-refusals.ts";
import { listedModel, tokenCount } from "./gemini-replies.ts";
import { type Call, called, type Connection, eventsOf, jsonOf, urlOf } from "./gemini-wire.ts";
import { abortError, failureOf } from "./http.ts";
import { offeredByGemini } from "./models-gemini.ts";

/** What a Gemini adapter is made from. */
export interface GeminiOptions extends ProviderOptions {
  /** Fingerprint of the key: `accountOf(key)`. */
  readonly account: string;
  /** How long an uploaded file may be in processing; minutes if it is left out. */
  readonly patience?: Patience | undefined;
}

const displayName = "Google Gemini";

/** An account at Google's Gemini API, or at any server that speaks its protocol. Nothing is retried here. */
export function createGemini({
  baseUrl,
  key,
  account,
  patience,
}: GeminiOptions): ProviderWith<"files" | "chat"> {
  const connection: Connection = {
    site: { provider: displayName, baseUrl, key, judge },
    needsKey: !isOnThisMachine(baseUrl),
  };
  return {
    account: { provider: "gemini", name: displayName, baseUrl, account },
    capabilities: capabilities.gemini,
    files: filesAt(connection, patience),
    chat: chatAt(connection),
  };
}

function chatAt(connection: Connection): ProviderChat {
  return {
    models: (signal) => models(connection, signal),
    chat: (request, signal) => chat(connection, request, signal),
    countTokens: (request, signal) => countTokens(connection, request, signal),
  };
}

async function models(connection: Connection, signal: AbortSignal): Promise<readonly Model[]> {
  // https://ai.google.dev/api/models#method:-models.list
  const all = { path: "/v1beta/models", key: "models", pageSize: 1_000 };
  const listed = await pagesOf(connection, all, signal, listedModel);
  return offeredByGemini(listed.filter((model) => model !== undefined));
}

async function* chat(
  connection: Connection,
  request: ChatRequest,
  signal: AbortSignal,
): AsyncGenerator<ChatEvent, void, undefined> {
  const abandoned = new AbortController();
  // https://ai.google.dev/api/generate-content#method:-models.streamgeneratecontent
  const call = {
    ...chatCall(request, "streamGenerateContent?alt=sse", bodyOf(connection, request)),
    timeout: Infinity,
    alsoStop: abandoned.signal,
  };
  const site = { ...connection.site, ...call.about };
  try {
    const response = await called(connection, call, signal, async (reply) => reply);
    for await (const event of answerOf(eventsOf(response), request, site)) {
      if (signal.aborted) throw abortError();
      yield event;
    }
  } catch (error) {
    throw failureOf(error, site, signal);
  } finally {
    // Whoever stops reading stops the request.
    abandoned.abort();
  }
}

async function countTokens(
  connection: Connection,
  request: ChatRequest,
  signal: AbortSignal,
): Promise<number> {
  // https://ai.google.dev/api/tokens#method:-models.counttokens
  const whole = { model: modelPath(request), ...bodyOf(connection, request) };
  const call = chatCall(request, "countTokens", { generateContentRequest: whole });
  return called(connection, call, signal, async (response, site) =>
    tokenCount(await jsonOf(response), site),
  );
}

function chatCall(request: ChatRequest, method: string, body: object): Call {
  return {
    method: "POST",
    path: `/v1beta/${modelPath(request)}:${method}`,
    body,
    about: { model: request.model, judge: judgeChat(request) },
  };
}

function bodyOf({ site }: Connection, request: ChatRequest): ChatBody {
  return chatBody(request, (id) => urlOf(site, `/v1beta/${id}`));
}

/** Models that somebody has tuned have a folder of their own. */
function modelPath({ model }: ChatRequest): string {
  const path = model.split("/").map(encodeURIComponent).join("/");
  return path.includes("/") ? path : `models/${path}`;
}
