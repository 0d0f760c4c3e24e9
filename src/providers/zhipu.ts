import { isContextError } from "../core/errors.ts";
import type { ProviderOptions, ProviderWith } from "../core/ports/provider.ts";
import type { ChatEvent, ChatRequest, Model } from "../core/ports/provider-chat.ts";
import type { RemoteFile, UploadRequest } from "../core/ports/provider-files.ts";
import { isOnThisMachine } from "./address.ts";
import { called, orIfGone, storedFile } from "./calls.ts";
import { referencesIn } from "./chat-files.ts";
import { checkSendable, fieldsOf, malformed, replyFields } from "./http.ts";
import { offeredByZhipu } from "./models-zhipu.ts";
import { multipartBody } from "./multipart.ts";
import { completion } from "./openai-answer.ts";
import { type Connection, connectionTo } from "./openai-connection.ts";
import { readableName } from "./openai-names.ts";
import { items, remoteFile, requireDeleted } from "./openai-replies.ts";
import { callTimeout as timeout, uploadTimeout } from "./timeouts.ts";
import { readEndings, zhipuCapabilitiesAt } from "./zhipu-capabilities.ts";
import { chatBody, messagesOf } from "./zhipu-chat.ts";
import { failureAt, judgeOf } from "./zhipu-refusals.ts";

/** What a Zhipu adapter is made from. */
export interface ZhipuOptions extends ProviderOptions {
  /** Fingerprint of the key: `accountOf(key)`. */
  readonly account: string;
}

const displayName = "Zhipu GLM";
const purpose = "agent";
// https://docs.bigmodel.cn/api-reference/%E6%96%87%E4%BB%B6-api/%E6%96%87%E4%BB%B6%E5%88%97%E8%A1%A8
const pageSize = 100;

/** In English wherever the server can. */
const headers = { "accept-language": "en-US,en" } as const;

/** An account at Zhipu in China, or at Z.ai: two worlds with the same protocol. A file cannot be asked for by its id, so it is looked up in the list. */
export function createZhipu({
  baseUrl,
  key,
  account,
}: ZhipuOptions): ProviderWith<"files" | "chat"> {
  const connection = connectionTo(
    { provider: displayName, baseUrl, key, judge: judgeOf() },
    { needsKey: !isOnThisMachine(baseUrl), headers },
  );
  return {
    account: { provider: "zhipu", name: displayName, baseUrl, account },
    capabilities: zhipuCapabilitiesAt(baseUrl),
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
  const about = { file: request.file ?? request.name };
  const named = { ...request, ...readableName(request, readEndings) };
  const form = multipartBody({ purpose: request.purpose }, named);
  const { reply, site } = await called({ ...connection, about }, signal, (client) =>
    // https://docs.bigmodel.cn/api-reference/%E6%96%87%E4%BB%B6-api/%E4%B8%8A%E4%BC%A0%E6%96%87%E4%BB%B6
    client.post<unknown>("/files", {
      ...form,
      signal,
      timeout: uploadTimeout(request.bytes.length),
    }),
  );
  return storedFile(remoteFile(reply, site), named, site);
}

async function list(connection: Connection, signal: AbortSignal): Promise<readonly RemoteFile[]> {
  const files: RemoteFile[] = [];
  for await (const page of pages(connection, signal)) files.push(...page);
  return files;
}

async function get(
  connection: Connection,
  id: string,
  signal: AbortSignal,
): Promise<RemoteFile | undefined> {
  for await (const page of pages(connection, signal)) {
    const file = page.find((each) => each.id === id);
    if (file !== undefined) return file;
  }
  return undefined;
}

async function* pages(
  connection: Connection,
  signal: AbortSignal,
): AsyncGenerator<readonly RemoteFile[], void, undefined> {
  for (let after: string | undefined; ;) {
    const { reply, site } = await called(connection, signal, (client) =>
      // https://docs.bigmodel.cn/api-reference/%E6%96%87%E4%BB%B6-api/%E6%96%87%E4%BB%B6%E5%88%97%E8%A1%A8
      client.get<unknown>("/files", {
        query: { purpose, limit: pageSize, ...(after === undefined ? {} : { after }) },
        signal,
        timeout,
      }),
    );
    const page = items(reply, site).map((item) => remoteFile(item, site));
    yield page;
    const last = page.at(-1)?.id;
    if (fieldsOf(reply)["has_more"] !== true) return;
    if (last === undefined || last === after) {
      throw malformed(site, "a list of files that does not end");
    }
    after = last;
  }
}

async function remove(connection: Connection, id: string, signal: AbortSignal): Promise<void> {
  try {
    await orIfGone(async () => {
      const { reply, site } = await called(connection, signal, (client) =>
        // https://docs.bigmodel.cn/api-reference/%E6%96%87%E4%BB%B6-api/%E5%88%A0%E9%99%A4%E6%96%87%E4%BB%B6
        client.files.delete(id, { signal, timeout }),
      );
      requireDeleted(reply, site);
    });
  } catch (error) {
    // No page tells how a file is refused that is not there: any complaint about the request may mean that.
    if (!isContextError(error) || error.facts.status !== 400) throw error;
    if ((await get(connection, id, signal)) !== undefined) throw error;
  }
}

/** From a table: the server lists its core text models only. */
async function models(
  { site, needsKey }: Connection,
  signal: AbortSignal,
): Promise<readonly Model[]> {
  checkSendable(site, needsKey, signal);
  return offeredByZhipu(site.baseUrl);
}

async function* chat(
  connection: Connection,
  request: ChatRequest,
  signal: AbortSignal,
): AsyncGenerator<ChatEvent, void, undefined> {
  const about = { model: request.model, judge: judgeOf(referencesIn(request)) };
  const body = chatBody(request, { ...connection.site, ...about });
  // https://docs.z.ai/api-reference/llm/chat-completion
  yield* completion({ ...connection, about }, body, signal, { failureAt });
}

/** Zhipu counts messages; the tools of a request are not among what it takes. */
async function countTokens(
  connection: Connection,
  request: ChatRequest,
  signal: AbortSignal,
): Promise<number> {
  const { model } = request;
  const about = { model, judge: judgeOf(referencesIn(request)) };
  const messages = messagesOf(request, { ...connection.site, ...about });
  const { reply, site } = await called({ ...connection, about }, signal, (client) =>
    // https://docs.z.ai/api-reference/tools/tokenizer
    client.post<unknown>("/tokenizer", { body: { model, messages }, signal, timeout }),
  );
  const { total_tokens: total, prompt_tokens: prompt } = fieldsOf(
    replyFields(reply, site)["usage"],
  );
  const tokens = total ?? prompt;
  if (typeof tokens !== "number") throw malformed(site, "a reply without a number of tokens");
  return tokens;
}
