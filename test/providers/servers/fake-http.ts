import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as a fake service received it. */
export interface SeenRequest {
  readonly method: string;
  /** Decoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  /** The parsed JSON; undefined for any other body. */
  readonly body: unknown;
  /** True once the whole reply has been handed to the network; stays false if the client went away. */
  finished: boolean;
}

/** What one request is answered with and on. */
export interface Exchange {
  readonly request: SeenRequest;
  readonly raw: Buffer<ArrayBuffer>;
  readonly response: ServerResponse;
}

/** The service behind a fake: it may throw anything, which `refuse` turns into a reply. */
export interface Service {
  handle(exchange: Exchange): Promise<void> | void;
  refuse(error: unknown, exchange: Exchange): void;
}

/** A running fake on the loopback interface. */
export interface FakeHttp {
  readonly origin: string;
  /** All requests so far, oldest first. */
  readonly requests: readonly SeenRequest[];
  /** Makes the next request hang. */
  readonly hang: () => void;
  readonly stop: () => Promise<void>;
}

export async function startFakeHttp(service: Service): Promise<FakeHttp> {
  const requests: SeenRequest[] = [];
  let hangs = 0;
  const server = createServer((message, response) => {
    const isHanging = hangs > 0;
    if (isHanging) hangs -= 1;
    void serve(message, response, { service, requests, isHanging }).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    hang: () => void (hangs += 1),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8" });
  response.end(JSON.stringify(body));
}

/** The fields of an object; none for anything else. */
export function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}

/** The items of a list; none for anything else. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** What an upload holds. */
export interface UploadForm {
  readonly file: File | undefined;
  readonly purpose: string;
  /** Names of other fields. */
  readonly others: readonly string[];
}

export async function formOf({ request, raw }: Exchange): Promise<UploadForm> {
  const type = request.headers["content-type"] ?? "";
  if (!type.startsWith("multipart/form-data")) return { file: undefined, purpose: "", others: [] };
  const headers = { "content-type": type };
  const body = new Request("http://fake/", { method: "POST", headers, body: raw });
  const form = await body.formData();
  const file = form.get("file");
  const purpose = form.get("purpose");
  return {
    file: file instanceof File ? file : undefined,
    purpose: typeof purpose === "string" ? purpose : "",
    others: [...form.keys()].filter((name) => name !== "file" && name !== "purpose"),
  };
}

interface Parts {
  readonly service: Service;
  readonly requests: SeenRequest[];
  readonly isHanging: boolean;
}

async function serve(
  message: IncomingMessage,
  response: ServerResponse,
  { service, requests, isHanging }: Parts,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  const raw = Buffer.concat(chunks);
  const request = seen(message, raw);
  requests.push(request);
  response.once("finish", () => (request.finished = true));
  if (isHanging) return;
  const exchange = { request, raw, response };
  try {
    await service.handle(exchange);
  } catch (error) {
    service.refuse(error, exchange);
  }
}

function seen(message: IncomingMessage, raw: Buffer): SeenRequest {
  const url = new URL(message.url ?? "/", "http://fake");
  const isJson = message.headers["content-type"]?.includes("json") === true;
  return {
    method: message.method ?? "GET",
    path: decodeURIComponent(url.pathname),
    query: url.searchParams,
    headers: Object.fromEntries(
      Object.entries(message.headers).map(([name, value]) => [name, String(value)]),
    ),
    body: isJson ? (JSON.parse(raw.toString("utf8")) as unknown) : undefined,
    finished: false,
  };
}
