import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type ChatApi, createChatApi } from "./chat-api.ts";
import { createFilesApi, type FilesApi } from "./files-api.ts";
import { createPromptMemory } from "./prompts.ts";
import { createResponsesApi, type ResponsesApi } from "./responses-api.ts";
import { createUploadsApi, type DemoUpload, type UploadsApi } from "./uploads-api.ts";
import {
  type DemoFile,
  type DemoRequest,
  errorBody,
  type Exchange,
  fields,
  readBody,
  Refusal,
  sendJson,
} from "./wire.ts";

export type { DemoFile, DemoRequest } from "./wire.ts";

/**
 * What goes wrong with one request: a reply instead of the real one (an object is sent as JSON, a string as it stands),
 * a connection that breaks before anything is done (`reset`) or after all is done (`reset-after`), or no reply at all (`hang`).
 */
export type DemoFailure =
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: unknown;
    }
  | "reset"
  | "reset-after"
  | "hang";

export interface DemoOptions {
  /** A free port if it is left out. */
  readonly port?: number;
  /** The only key that is let in; without it, everybody is. */
  readonly requireKey?: string;
  /** The ids of its models; `demo-large` and `demo-small` if they are left out. */
  readonly models?: readonly string[];
  /** Pause before each word of a streamed answer, in milliseconds; none if it is left out. */
  readonly pace?: number;
}

/** A running demo server. */
export interface DemoServer {
  /** The base URL for an OpenAI client, ending in `/v1`. */
  readonly url: string;
  /** All requests so far, oldest first, those that were made to fail too. */
  readonly requests: readonly DemoRequest[];
  /** The files that it holds now, oldest first. */
  readonly files: readonly DemoFile[];
  /** The uploads in parts so far, oldest first. */
  readonly uploads: readonly DemoUpload[];
  /** Makes the next request fail; called several times, the next several, in order. */
  fail(next: DemoFailure): void;
  /** Closes all connections; resolves once the port is free. */
  stop(): Promise<void>;
}

/**
 * Starts a stand-in for an OpenAI-compatible service, for tests, `npm start` and screenshots. It speaks the real wire format (files, uploads in
 * parts, models, chat completions, responses) on the loopback interface only, keeps everything in memory, and answers by telling what it received.
 */
export async function startDemoServer(options: DemoOptions = {}): Promise<DemoServer> {
  const requests: DemoRequest[] = [];
  const failures: DemoFailure[] = [];
  const apis = createApis(options);
  const server = createServer((message, response) => {
    const failing = failures.shift();
    void serve({ message, response, failing, requests, apis, key: options.requireKey }).catch(() =>
      response.destroy(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    get files() {
      return apis.files.files();
    },
    get uploads() {
      return apis.uploads.uploads();
    },
    fail: (next) => void failures.push(next),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Apis {
  readonly files: FilesApi;
  readonly uploads: UploadsApi;
  readonly chat: ChatApi;
  readonly responses: ResponsesApi;
}

function createApis({ models = ["demo-large", "demo-small"], pace = 0 }: DemoOptions): Apis {
  const files = createFilesApi();
  const parts = { files, memory: createPromptMemory(), models, pace };
  return {
    files,
    uploads: createUploadsApi(files),
    chat: createChatApi(parts),
    responses: createResponsesApi(parts),
  };
}

interface Arrival {
  readonly message: IncomingMessage;
  readonly response: ServerResponse;
  readonly failing: DemoFailure | undefined;
  readonly requests: DemoRequest[];
  readonly apis: Apis;
  readonly key: string | undefined;
}

async function serve(arrival: Arrival): Promise<void> {
  const { message, response, failing } = arrival;
  const raw = await readBody(message);
  const request = recorded(message, raw);
  arrival.requests.push(request);
  response.once("finish", () => (request.finished = true));
  if (failing === "hang") return;
  if (failing === "reset") return void response.destroy();
  if (failing === "reset-after") response.end = () => response.destroy();
  else if (failing !== undefined) return failWith(response, failing);
  try {
    checkKey(request, arrival.key);
    await route({ request, raw, response }, arrival.apis);
  } catch (error) {
    const refusal = error instanceof Refusal ? error : new Refusal(500, String(error));
    const type = refusal.status < 500 ? "invalid_request_error" : "server_error";
    sendJson(response, refusal.status, errorBody(refusal.message, refusal.code, type));
  }
}

const uploadPath = /^\/v1\/uploads(\/[^/]+\/(parts|complete|cancel))?$/;

async function route(exchange: Exchange, apis: Apis): Promise<void> {
  const { method, path } = exchange.request;
  if (method === "POST") {
    if (path === "/v1/chat/completions") return apis.chat.handle(exchange);
    if (path === "/v1/responses") return apis.responses.handle(exchange);
    if (path === "/v1/responses/input_tokens") return apis.responses.count(exchange);
    if (uploadPath.test(path)) return apis.uploads.handle(exchange);
  }
  if (/^\/v1\/models(\/[^/]+)?$/.test(path) && method === "GET") return apis.chat.models(exchange);
  if (/^\/v1\/files(\/[^/]+(\/content)?)?$/.test(path)) return apis.files.handle(exchange);
  throw new Refusal(404, `Invalid URL (${method} ${path})`);
}

function checkKey(request: DemoRequest, key: string | undefined): void {
  // Azure OpenAI has a header of its own.
  const { authorization, "api-key": azure } = request.headers;
  const given = authorization?.replace(/^Bearer /, "") ?? azure;
  if (key === undefined || given === key) return;
  if (given === undefined) throw new Refusal(401, "You didn't provide an API key.");
  const shown = `${given.slice(0, 4)}****${given.slice(-4)}`;
  throw new Refusal(401, `Incorrect API key provided: ${shown}.`, "invalid_api_key");
}

function failWith(response: ServerResponse, failure: Exclude<DemoFailure, string>): void {
  const { status, headers = {}, body } = failure;
  const text = typeof body === "string" ? body : JSON.stringify(body ?? standardBody(status));
  const type = typeof body === "string" ? "text/html" : "application/json";
  response.writeHead(status, { "content-type": type, ...headers });
  response.end(text);
}

function standardBody(status: number): object {
  if (status === 429) return errorBody("Rate limit reached", "rate_limit_exceeded", "requests");
  const type = status < 500 ? "invalid_request_error" : "server_error";
  return errorBody("The demo server was told to fail", null, type);
}

function recorded(message: IncomingMessage, raw: Buffer): DemoRequest {
  const url = new URL(message.url ?? "/", "http://demo");
  return {
    method: message.method ?? "GET",
    path: decodeURIComponent(url.pathname),
    query: url.searchParams,
    headers: Object.fromEntries(
      Object.entries(message.headers).map(([name, value]) => [name, String(value)]),
    ),
    body: parsed(raw, message.headers["content-type"] ?? ""),
    finished: false,
  };
}

function parsed(raw: Buffer, type: string): unknown {
  if (raw.length === 0) return undefined;
  const text = raw.toString("utf8", 0, 1_000_000);
  if (!type.includes("json")) return text;
  try {
    return fields(JSON.parse(raw.toString("utf8")));
  } catch {
    return text;
  }
}
