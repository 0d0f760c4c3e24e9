import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { fields, readBody } from "../../demo/wire.ts";
import { createFilesApi, type FilesApi } from "./anthropic-files.ts";
import {
  checkAnswerFields,
  checkCountFields,
  type OfferedModel,
  promptOf,
} from "./anthropic-prompt.ts";
import { type Answer, createPromptCache, type PromptCache, stream } from "./anthropic-stream.ts";
import {
  errorBody,
  type Exchange,
  type HeldFile,
  limitOf,
  Refusal,
  refuseOthers,
  type SeenRequest,
  sendJson,
} from "./anthropic-wire.ts";

export interface AnthropicServerOptions {
  /** The only key that is let in; without it, everybody is. */
  readonly requireKey?: string;
  /** Pause before each word of a streamed answer, in milliseconds; none if it is left out. */
  readonly pace?: number;
}

/** A running stand-in for Anthropic. */
export interface AnthropicServer {
  /** Without a path. */
  readonly url: string;
  /** All requests so far, oldest first, those that hang too. */
  readonly requests: readonly SeenRequest[];
  /** The files that it holds now, oldest first. */
  readonly files: readonly HeldFile[];
  /** Puts a file there as if it had been uploaded. */
  plant(file: HeldFile): void;
  /** What the next request for an answer gets. */
  answerNext(answer: Answer): void;
  /** Makes the next request hang. */
  hang(): void;
  /** Closes all connections; resolves once the port is free. */
  stop(): Promise<void>;
}

const models: readonly OfferedModel[] = [
  {
    id: "claude-opus-5-5",
    name: "Claude Opus 5.5",
    window: 1_000_000,
    maxOutput: 128_000,
    thinksAlways: true,
  },
  { id: "claude-sonnet-5-5", name: "Claude Sonnet 5.5", window: 1_000_000, maxOutput: 128_000 },
  {
    id: "claude-haiku-4-5-20251001",
    name: "Claude Haiku 4.5",
    window: 200_000,
    maxOutput: 64_000,
  },
  { id: "claude-new-9", name: "Claude New 9", window: 2_000_000, maxOutput: 256_000 },
];
const versions = new Set(["2023-06-01", "2026-10-21"]);

/**
 * Starts a stand-in for Anthropic that speaks the wire format of Files (without a beta header), Models, Messages and token counts, and refuses what
 * the service refuses. The loopback interface only; everything in memory.
 */
export async function startAnthropicServer({
  requireKey,
  pace = 0,
}: AnthropicServerOptions = {}): Promise<AnthropicServer> {
  const requests: SeenRequest[] = [];
  const answers: Answer[] = [];
  let hanging = 0;
  const files = createFilesApi();
  const parts: Parts = { files, cache: createPromptCache(), answers, pace, requireKey };
  const server = createServer((message, response) => {
    const hangs = hanging > 0;
    if (hangs) hanging -= 1;
    void serve(message, response, { ...parts, requests, hangs }).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    get files() {
      return files.files();
    },
    plant: (file) => files.plant(file),
    answerNext: (answer) => void answers.push(answer),
    hang: () => void (hanging += 1),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Parts {
  readonly files: FilesApi;
  readonly cache: PromptCache;
  readonly answers: Answer[];
  readonly pace: number;
  readonly requireKey: string | undefined;
}

async function serve(
  message: IncomingMessage,
  response: ServerResponse,
  { requests, hangs, ...parts }: Parts & { requests: SeenRequest[]; hangs: boolean },
): Promise<void> {
  const raw = await readBody(message);
  const request = seen(message, raw);
  requests.push(request);
  response.once("finish", () => (request.finished = true));
  if (hangs) return;
  try {
    checkHeaders(request, parts.requireKey);
    await route({ request, raw, response }, parts);
  } catch (error) {
    const {
      status,
      message: sentence,
      errorCode,
    } = error instanceof Refusal ? error : new Refusal(500, String(error));
    sendJson(response, status, errorBody(status, sentence, errorCode));
  }
}

async function route(exchange: Exchange, parts: Parts): Promise<void> {
  const { method, path } = exchange.request;
  const call = `${method} ${path}`;
  if (call === "POST /v1/messages") return respond(exchange, parts);
  if (call === "POST /v1/messages/count_tokens") return count(exchange, parts);
  if (/^GET \/v1\/models(\/[^/]+)?$/.test(call)) return offer(exchange);
  if (/^(GET|POST) \/v1\/files$|^(GET|DELETE) \/v1\/files\/[^/]+$/.test(call)) {
    return parts.files.handle(exchange);
  }
  if (/^GET \/v1\/files\/[^/]+\/content$/.test(call)) return parts.files.handle(exchange);
  throw new Refusal(404, "Not Found");
}

// https://platform.claude.com/docs/en/api/overview#authentication
/** A key may come as `x-api-key`, or as the official SDK sends it since API version 2026-10-21. */
function checkHeaders({ headers }: SeenRequest, key: string | undefined): void {
  const version = headers["anthropic-version"];
  if (version === undefined) throw new Refusal(400, "anthropic-version: header is required");
  if (!versions.has(version)) {
    throw new Refusal(400, `anthropic-version: "${version}" is not a valid version`);
  }
  if (headers["anthropic-beta"] !== undefined) {
    throw new Refusal(400, "this stand-in knows no beta");
  }
  const given = headers["x-api-key"] ?? headers["authorization"]?.replace(/^Bearer /, "");
  if (key === undefined || given === key) return;
  throw new Refusal(
    401,
    given === undefined ? "x-api-key header is required" : "invalid x-api-key",
  );
}

async function respond(exchange: Exchange, parts: Parts): Promise<void> {
  const body = fields(exchange.request.body);
  const { model, parts: read } = promptOf(body, models, parts.files);
  checkAnswerFields(body, model);
  if (body["stream"] !== true) throw new Refusal(400, "this stand-in only streams");
  const tokens = parts.cache.count(model.id, read);
  const all = Object.values(tokens).reduce((sum, each) => sum + each, 0);
  const text = `This stand-in read about ${all} tokens in ${read.length} parts and knows nothing else.`;
  const next = parts.answers.shift() ?? { text };
  await stream(exchange, { model, tokens, answer: next, pace: parts.pace });
}

function count({ request, response }: Exchange, { files }: Parts): void {
  const body = fields(request.body);
  checkCountFields(body);
  const { parts } = promptOf(body, models, files);
  sendJson(response, 200, { input_tokens: parts.reduce((sum, { tokens }) => sum + tokens, 0) });
}

// https://platform.claude.com/docs/en/api/models
function offer({ request, response }: Exchange): void {
  const id = request.path.split("/")[3];
  if (id !== undefined) {
    const model = models.find((each) => each.id === id);
    if (model === undefined) throw new Refusal(404, `model: ${id}`);
    return sendJson(response, 200, described(model));
  }
  refuseOthers(Object.fromEntries(request.query), ["limit", "after_id", "before_id"]);
  const after = request.query.get("after_id");
  const start = after === null ? 0 : models.findIndex((each) => each.id === after) + 1;
  const end = start + limitOf(request.query);
  const data = models.slice(start, end);
  sendJson(response, 200, {
    data: data.map(described),
    has_more: end < models.length,
    first_id: data.at(0)?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
  });
}

function described({ id, name, window, maxOutput }: OfferedModel): object {
  return {
    type: "model",
    id,
    display_name: name,
    created_at: "2026-09-22T00:00:00Z",
    lifecycle: "active",
    max_input_tokens: window,
    max_tokens: maxOutput,
    capabilities: { image_input: { supported: true }, pdf_input: { supported: true } },
  };
}

function seen(message: IncomingMessage, raw: Buffer): SeenRequest {
  const url = new URL(message.url ?? "/", "http://x");
  const isJson = message.headers["content-type"]?.includes("json") === true;
  const text = raw.toString("utf8");
  return {
    method: message.method ?? "GET",
    path: url.pathname,
    query: url.searchParams,
    headers: Object.fromEntries(
      Object.entries(message.headers).map(([name, value]) => [name, String(value)]),
    ),
    body: isJson ? (JSON.parse(text) as unknown) : text === "" ? undefined : text,
    finished: false,
  };
}
