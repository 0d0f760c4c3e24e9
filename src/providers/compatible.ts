import { type ContextError, isContextError } from "../core/errors.ts";
import type { ProviderOptions, ProviderWith } from "../core/ports/provider.ts";
import type { ChatEvent, ChatRequest, Model } from "../core/ports/provider-chat.ts";
import type { RemoteFile, UploadRequest } from "../core/ports/provider-files.ts";
import { shownAddress } from "./address.ts";
import { called } from "./calls.ts";
import { referencesIn } from "./chat-files.ts";
import { capabilitiesAt, isAzure } from "./compatible-capabilities.ts";
import { listedModels } from "./compatible-models.ts";
import { type CallSite, errorFor, fieldsOf, undone } from "./http.ts";
import { completion } from "./openai-answer.ts";
import { chatBody, filePart } from "./openai-chat.ts";
import { type Connection, connectionTo } from "./openai-connection.ts";
import { type FileRules, get, list, remove, upload } from "./openai-files.ts";
import { cutShort, judgeOf } from "./openai-refusals.ts";
import { items } from "./openai-replies.ts";
import { callTimeout as timeout } from "./timeouts.ts";

/** What an adapter for a compatible server is made from. */
export interface CompatibleOptions extends ProviderOptions {
  /** Fingerprint of the key: `accountOf(key)`. */
  readonly account: string;
  /** Sends the requests; the global `fetch` if it is left out. */
  readonly fetch?: typeof fetch | undefined;
}

const displayName = "OpenAI-compatible server";

/** How servers without files answer a question for them. */
const withoutFiles: ReadonlySet<number | undefined> = new Set([404, 405, 501]);

/**
 * An account at any server that speaks OpenAI's Chat Completions: LiteLLM, vLLM, Ollama, LM Studio, Azure OpenAI, OpenRouter and their like. Their replies differ
 * and are read leniently; no key is sent where none is set. One request for each call, apart from a list of several pages and an upload: before it, the server
 * is asked for its files, because many have none and would be sent everything for nothing.
 */
export function createCompatible({
  baseUrl,
  key,
  account,
  fetch: send,
}: CompatibleOptions): ProviderWith<"files" | "chat"> {
  const capabilities = capabilitiesAt(baseUrl);
  const { purposes, lifetime } = capabilities.files;
  const rules: FileRules = { purpose: purposes[0]?.name ?? "", lifetime };
  const connection = connectionTo(
    { provider: displayName, baseUrl, key },
    { needsKey: false, keyHeader: isAzure(baseUrl) ? "api-key" : undefined, fetch: send },
  );
  return {
    account: { provider: "compatible", name: displayName, baseUrl, account },
    capabilities,
    files: {
      upload: (request, signal) => store(connection, request, rules, signal),
      list: (signal) => orWithoutFiles(connection.site, () => list(connection, rules, signal)),
      get: (id, signal) => get(connection, id, signal),
      delete: (id, signal) => remove(connection, id, signal),
    },
    chat: {
      models: (signal) => models(connection, signal),
      chat: (request, signal) => chat(connection, request, signal),
    },
  };
}

async function store(
  connection: Connection,
  request: UploadRequest,
  rules: FileRules,
  signal: AbortSignal,
): Promise<RemoteFile> {
  const site = { ...connection.site, file: request.file ?? request.name };
  return orWithoutFiles(site, async () => {
    const { reply } = await called(
      { ...connection, about: { file: site.file } },
      signal,
      (client) => client.get<unknown>("/files", { query: { limit: 1 }, signal, timeout }),
    );
    // LM Studio answers requests that it does not know with an error and the status 200.
    if (typeof fieldsOf(reply)["error"] === "string") throw noFiles(site);
    items(reply, site);
    const lifetime = request.lifetime ?? alwaysExpires(connection.site, rules);
    return upload(connection, { ...request, lifetime }, rules, signal);
  });
}

/** Azure OpenAI holds no more than 500 files that never expire. */
function alwaysExpires({ baseUrl }: CallSite, { lifetime }: FileRules): number | undefined {
  return isAzure(baseUrl) ? lifetime?.max : undefined;
}

/** What `request` resolves to; rejects with a sentence of its own if the server stores no files at all. */
async function orWithoutFiles<Result>(
  site: CallSite,
  request: () => Promise<Result>,
): Promise<Result> {
  try {
    return await request();
  } catch (error) {
    const lacksThem = isContextError(error) && withoutFiles.has(error.facts.status);
    throw lacksThem ? noFiles(site) : error;
  }
}

function noFiles(site: CallSite): ContextError {
  const sentence = `The server at ${shownAddress(site.baseUrl)} stores no files, so ${undone(site)}: ask about files without uploading them, or choose another provider`;
  return errorFor({ code: "provider-rejected", sentence }, site);
}

async function models(connection: Connection, signal: AbortSignal): Promise<readonly Model[]> {
  const { reply, site } = await called(connection, signal, (client) =>
    // https://developers.openai.com/api/reference/resources/models/methods/list
    client.get<unknown>("/models", { signal, timeout }),
  );
  return listedModels(reply, site);
}

async function* chat(
  connection: Connection,
  request: ChatRequest,
  signal: AbortSignal,
): AsyncGenerator<ChatEvent, void, undefined> {
  const about = { model: request.model, judge: judgeOf(referencesIn(request)) };
  const body = chatBody(request, (file) => filePart(file, { ...connection.site, ...about }));
  yield* completion({ ...connection, about }, body, signal, { failureAt: cutShort });
}
