import { OpenAI } from "openai";
import type { ProviderOptions, ProviderWith } from "../core/ports/provider.ts";
import type { ChatEvent, ChatRequest, Model, Usage } from "../core/ports/provider-chat.ts";
import type { RemoteFile, UploadRequest } from "../core/ports/provider-files.ts";
import { isOnThisMachine } from "./address.ts";
import { capabilities } from "./capabilities.ts";
import {
  abortError,
  type CallSite,
  checkSendable,
  failureOf,
  fieldsOf,
  isGone,
  malformed,
  replyFields,
} from "./http.ts";
import { withinRange } from "./lifetime.ts";
import { compatibleModel, isOpenAiAddress, offeredByOpenAi } from "./models-openai.ts";
import { multipartBody } from "./multipart.ts";
import { chatBody, createToolCallPieces } from "./openai-chat.ts";
import { contentOf, idOf, items, remoteFile, usageOf } from "./openai-replies.ts";

/** What an OpenAI adapter is made from. */
export interface OpenAiOptions extends ProviderOptions {
  /** Fingerprint of the key: `accountOf(key)`. */
  readonly account: string;
}

const purpose = "user_data";
const displayName = "OpenAI";
// https://developers.openai.com/api/reference/resources/files/methods/list
const pageSize = 10_000;
/** Milliseconds for a call that moves no content; an answer has the SDK's ten minutes to begin. */
const timeout = 60_000;
/** Bytes per millisecond of a line so slow that an upload is given up. */
const slowestLine = 50;

// https://developers.openai.com/api/reference/overview#supplying-your-own-request-id-with-x-client-request-id
const requestIdHeader = "x-client-request-id";

/** The only headers that leave: the SDK would add facts about this machine, and whatever the environment tells it to. */
const sentHeaders: ReadonlySet<string> = new Set([
  "accept",
  "content-length",
  "content-type",
  "user-agent",
  requestIdHeader,
]);

/** An account at OpenAI, or at any server that speaks its protocol. One request for each call: nothing is retried here. */
export function createOpenAi({
  baseUrl,
  key,
  account,
}: OpenAiOptions): ProviderWith<"files" | "chat"> {
  const site: CallSite = { provider: displayName, baseUrl, key };
  const connection: Connection = {
    client: clientFor(baseUrl, key),
    site,
    needsKey: !isOnThisMachine(baseUrl),
  };
  return {
    account: { provider: "openai", name: displayName, baseUrl, account },
    capabilities: capabilities.openai,
    files: {
      upload: (request, signal) => upload(connection, request, signal),
      list: (signal) => list(connection, signal),
      get: (id, signal) => get(connection, id, signal),
      delete: (id, signal) => remove(connection, id, signal),
    },
    chat: {
      models: (signal) => models(connection, signal),
      chat: (request, signal) => chat(connection, request, signal),
    },
  };
}

interface Connection {
  readonly client: OpenAI;
  readonly site: CallSite;
  readonly needsKey: boolean;
}

function clientFor(baseURL: string, key: string | undefined): OpenAI {
  return new OpenAI({
    baseURL,
    // All of these would otherwise be read from the environment. The SDK never learns the key: `headersFor` adds it.
    apiKey: "none",
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    logLevel: "off",
    maxRetries: 0,
    // Ours, or none: the environment must not set it.
    defaultHeaders: { [requestIdHeader]: null },
    fetch: (url, init) =>
      fetch(url, { ...init, headers: headersFor(init?.headers, key), redirect: "manual" }),
  });
}

function headersFor(
  built: ConstructorParameters<typeof Headers>[0],
  key: string | undefined,
): Headers {
  const headers = new Headers([...new Headers(built)].filter(([name]) => sentHeaders.has(name)));
  if (key !== undefined) headers.set("authorization", `Bearer ${key}`);
  return headers;
}

async function upload(
  connection: Connection,
  request: UploadRequest,
  signal: AbortSignal,
): Promise<RemoteFile> {
  const file = request.file ?? request.name;
  const { headers, body } = multipartBody(
    { purpose: request.purpose, ...expiry(request.lifetime) },
    request,
  );
  const { reply, site } = await called({ ...connection, about: { file } }, signal, (client) =>
    // https://developers.openai.com/api/reference/resources/files/methods/create
    // Not `client.files.create`: it would hold four copies of the file in memory.
    client.post<unknown>("/files", {
      body,
      headers: { ...headers, ...requestId(request.operationId) },
      signal,
      timeout: timeout + Math.ceil(request.bytes.length / slowestLine),
    }),
  );
  const stored = remoteFile(reply, site);
  const size = request.bytes.length;
  if (stored.bytes !== undefined && stored.bytes !== size) {
    throw malformed(site, `word that it stored ${stored.bytes} bytes instead of ${size}`);
  }
  return { ...stored, name: stored.name === "" ? request.name : stored.name };
}

async function list(connection: Connection, signal: AbortSignal): Promise<readonly RemoteFile[]> {
  const files: RemoteFile[] = [];
  for (let after: string | undefined; ;) {
    const { reply, site } = await called(connection, signal, (client) =>
      // https://developers.openai.com/api/reference/resources/files/methods/list
      // Not `client.files.list`: the SDK turns a reply without data, such as a web page, into an empty list.
      client.get<unknown>("/files", {
        query: { purpose, limit: pageSize, ...(after === undefined ? {} : { after }) },
        signal,
        timeout,
      }),
    );
    const page = items(reply, site);
    // Compatible servers may list all files, whatever purpose was asked for.
    const ours = page.filter((item) => (item["purpose"] ?? purpose) === purpose);
    files.push(...ours.map((item) => remoteFile(item, site)));
    const last = page.at(-1)?.["id"];
    if (fieldsOf(reply)["has_more"] !== true) return files;
    if (typeof last !== "string" || last === after) {
      throw malformed(site, "a list of files that does not end");
    }
    after = last;
  }
}

async function get(
  connection: Connection,
  id: string,
  signal: AbortSignal,
): Promise<RemoteFile | undefined> {
  return orIfGone(async () => {
    const { reply, site } = await called(connection, signal, (client) =>
      // https://developers.openai.com/api/reference/resources/files/methods/retrieve
      client.files.retrieve(id, { signal, timeout }),
    );
    return remoteFile(reply, site);
  });
}

async function remove(connection: Connection, id: string, signal: AbortSignal): Promise<void> {
  await orIfGone(async () => {
    const { reply, site } = await called(connection, signal, (client) =>
      // https://developers.openai.com/api/reference/resources/files/methods/delete
      client.files.delete(id, { signal, timeout }),
    );
    if (replyFields(reply, site)["deleted"] !== true) {
      throw malformed(site, "a reply that does not confirm the deletion");
    }
  });
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
  const { reply: stream, site } = await called(
    { ...connection, about: { model: request.model } },
    signal,
    (client) => client.chat.completions.create(chatBody(request), { signal }),
  );
  let usage: Usage | undefined;
  let finished = false;
  const toolCalls = createToolCallPieces();
  try {
    // Leaving this loop early, as an abandoned iteration does, makes the SDK abort the request.
    for await (const chunk of stream) {
      const { text, isLast } = contentOf(chunk);
      usage = usageOf(chunk) ?? usage;
      finished ||= isLast;
      toolCalls.add(chunk);
      if (text !== "") yield { kind: "text", text };
    }
  } catch (error) {
    throw failureOf(error, site, signal);
  }
  // The SDK ends quietly when the request is aborted, and when the reply holds no stream at all.
  if (signal.aborted) throw abortError();
  if (!finished) throw malformed(site, "an answer that breaks off");
  for (const call of toolCalls.finish()) yield { kind: "tool-call", call };
  if (usage !== undefined) yield { kind: "usage", usage };
}

interface Call extends Connection {
  readonly about?: Pick<CallSite, "file" | "model">;
}

/** Every request goes through here: checked before it is sent, and its failures told in one way. */
async function called<Reply>(
  call: Call,
  signal: AbortSignal,
  request: (client: OpenAI) => PromiseLike<Reply>,
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
async function orIfGone<Result>(request: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await request();
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

/** The server logs it, so that an upload whose reply was lost can be asked about. It takes no more than 512 ASCII characters. */
function requestId(operationId: string | undefined): Readonly<Record<string, string>> {
  return operationId === undefined ? {} : { [requestIdHeader]: operationId };
}

function expiry(wanted: number | undefined): Readonly<Record<string, string>> {
  if (wanted === undefined) return {};
  const clamped = withinRange(wanted, capabilities.openai.files.lifetime);
  return {
    "expires_after[anchor]": "created_at",
    "expires_after[seconds]": String(Math.round(clamped / 1000)),
  };
}
