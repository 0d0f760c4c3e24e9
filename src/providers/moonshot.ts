import type { ProviderOptions, ProviderWith } from "../core/ports/provider.ts";
import type { ChatEvent, ChatRequest, Model } from "../core/ports/provider-chat.ts";
import type { RemoteFile, UploadRequest } from "../core/ports/provider-files.ts";
import { isOnThisMachine } from "./address.ts";
import { called, orIfGone, storedFile } from "./calls.ts";
import { referencesIn } from "./chat-files.ts";
import { errorFor, failureOf, isGone, malformed } from "./http.ts";
import { moonshotModel } from "./models-moonshot.ts";
import { moonshotCapabilities, readEndings } from "./moonshot-capabilities.ts";
import { chatBody, messagesOf } from "./moonshot-chat.ts";
import { judgeOf } from "./moonshot-refusals.ts";
import {
  filePage,
  listedModel,
  remoteFile,
  textOf,
  tokensOf,
  usageIn,
} from "./moonshot-replies.ts";
import { multipartBody } from "./multipart.ts";
import { completion } from "./openai-answer.ts";
import { type Connection, connectionTo } from "./openai-connection.ts";
import { get } from "./openai-files.ts";
import { readableName } from "./openai-names.ts";
import { items, requireDeleted } from "./openai-replies.ts";
import { callTimeout as timeout, uploadTimeout } from "./timeouts.ts";

/** What a Moonshot adapter is made from. */
export interface MoonshotOptions extends ProviderOptions {
  /** Fingerprint of the key: `accountOf(key)`. */
  readonly account: string;
}

const displayName = "Moonshot Kimi";
const purposes = new Set(moonshotCapabilities.files.purposes.map(({ name }) => name));

/**
 * An account at Moonshot's Kimi platform. No header asks for one of its two ways to reply, and both are read. Documents are never shown to a model by their
 * id: Kimi makes text of them, which is fetched with `text` and belongs into the request.
 */
export function createMoonshot({
  baseUrl,
  key,
  account,
}: MoonshotOptions): ProviderWith<"files" | "chat"> {
  const connection = connectionTo(
    { provider: displayName, baseUrl, key, judge: judgeOf() },
    { needsKey: !isOnThisMachine(baseUrl) },
  );
  return {
    account: { provider: "moonshot", name: displayName, baseUrl, account },
    capabilities: moonshotCapabilities,
    files: {
      upload: (request, signal) => upload(connection, request, signal),
      list: (signal) => list(connection, signal),
      // https://platform.kimi.ai/docs/api/files-retrieve
      get: (id, signal) => get(connection, id, signal, remoteFile),
      delete: (id, signal) => remove(connection, id, signal),
      text: (id, signal) => text(connection, id, signal),
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
  const about = { file: request.file ?? request.name };
  const named = { ...request, ...readableName(request, readEndings) };
  const { headers, body } = multipartBody({ purpose: request.purpose }, named);
  const { reply, site } = await called({ ...connection, about }, signal, (client) =>
    // https://platform.kimi.ai/docs/api/files-upload
    client.post<unknown>("/files", {
      body,
      headers,
      signal,
      timeout: uploadTimeout(request.bytes.length),
    }),
  );
  return storedFile(remoteFile(reply, site), named, site);
}

/** The files of the whole organisation. Without a size, a page holds them all. */
async function list(connection: Connection, signal: AbortSignal): Promise<readonly RemoteFile[]> {
  const files: RemoteFile[] = [];
  for (let token: string | undefined; ;) {
    const { reply, site } = await called(connection, signal, (client) =>
      // https://platform.kimi.ai/docs/api/files-list
      client.get<unknown>("/files", {
        query: token === undefined ? {} : { page_token: token },
        signal,
        timeout,
      }),
    );
    const page = filePage(reply, site);
    files.push(...page.files.filter(({ purpose = "" }) => purpose === "" || purposes.has(purpose)));
    if (page.next === undefined) return files;
    if (page.next === token) throw malformed(site, "a list of files that does not end");
    token = page.next;
  }
}

async function remove(connection: Connection, id: string, signal: AbortSignal): Promise<void> {
  await orIfGone(async () => {
    const { reply, site } = await called(connection, signal, (client) =>
      // https://platform.kimi.ai/docs/api/files-delete
      client.files.delete(id, { signal, timeout }).withResponse(),
    );
    if (reply.response.status !== 204) requireDeleted(reply.data, site);
  });
}

async function text(connection: Connection, id: string, signal: AbortSignal): Promise<string> {
  try {
    const { reply, site } = await called(connection, signal, (client) =>
      // https://platform.kimi.ai/docs/api/files-content
      client.files.content(id, { signal, timeout }),
    );
    if (/html/i.test(reply.headers.get("content-type") ?? "")) {
      throw malformed(site, "a page instead of a text");
    }
    return textOf(await reply.text(), site);
  } catch (error) {
    if (!isGone(error)) throw failureOf(error, connection.site, signal);
    const sentence = `${displayName} has no file ${id} any more: upload it again`;
    throw errorFor({ code: "provider-file-gone", sentence }, connection.site);
  }
}

async function models(connection: Connection, signal: AbortSignal): Promise<readonly Model[]> {
  const { reply, site } = await called(connection, signal, (client) =>
    // https://platform.kimi.ai/docs/api/list-models
    client.get<unknown>("/models", { signal, timeout }),
  );
  return items(reply, site).map((item) => moonshotModel(listedModel(item, site), site.baseUrl));
}

async function* chat(
  connection: Connection,
  request: ChatRequest,
  signal: AbortSignal,
): AsyncGenerator<ChatEvent, void, undefined> {
  const about = { model: request.model, judge: judgeOf(referencesIn(request)) };
  const body = chatBody(request, { ...connection.site, ...about });
  // https://platform.kimi.ai/docs/api/chat
  yield* completion({ ...connection, about }, body, signal, { usageIn });
}

/** Kimi counts messages; the tools of a request are not among what it takes. */
async function countTokens(
  connection: Connection,
  request: ChatRequest,
  signal: AbortSignal,
): Promise<number> {
  const { model } = request;
  const about = { model, judge: judgeOf(referencesIn(request)) };
  const messages = messagesOf(request, { ...connection.site, ...about });
  const { reply, site } = await called({ ...connection, about }, signal, (client) =>
    // https://platform.kimi.ai/docs/api/estimate
    client.post<unknown>("/tokenizers/estimate-token-count", {
      body: { model, messages },
      signal,
      timeout,
    }),
  );
  return tokensOf(reply, site);
}
