import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** An object of a request: every field is still to be checked. */
export type Fields = Readonly<Record<string, unknown>>;

/** A request as the stand-in received it. */
export interface SeenRequest {
  readonly method: string;
  /** Without the query, as it came. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly raw: Buffer<ArrayBuffer>;
  /** The parsed JSON; no fields for any other body. */
  readonly body: Fields;
  /** True once the whole reply has been handed to the network; stays false if the client went away. */
  finished: boolean;
}

/** What one request is answered with and on. */
export interface Exchange {
  readonly request: SeenRequest;
  readonly response: ServerResponse;
  /** Where this server is. */
  readonly origin: string;
}

/**
 * What goes wrong with one request: a reply instead of the real one (an object is sent as JSON, a string as it stands), a connection that breaks before
 * anything is done (`reset`) or after all is done (`reset-after`), or no reply at all (`hang`).
 */
export type Failure =
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: unknown;
    }
  | "reset"
  | "reset-after"
  | "hang";

/** A refusal in Google's words: thrown by handlers. */
export class Refusal extends Error {
  readonly status: number;
  readonly word: string | undefined;
  readonly details: readonly object[];

  constructor(
    status: number,
    message: string,
    { word = words[status], details = [] }: { word?: string; details?: readonly object[] } = {},
  ) {
    super(message);
    this.status = status;
    this.word = word;
    this.details = details;
  }
}

// https://cloud.google.com/apis/design/errors#handling_errors
const words: Readonly<Record<number, string>> = {
  400: "INVALID_ARGUMENT",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  429: "RESOURCE_EXHAUSTED",
  500: "INTERNAL",
  503: "UNAVAILABLE",
};

export interface Wire {
  readonly origin: string;
  /** Oldest first. */
  readonly requests: readonly SeenRequest[];
  /** Makes the next request fail, or one after so many others. */
  readonly fail: (next: Failure, after?: number) => void;
  readonly stop: () => Promise<void>;
}

/** Listens on the loopback interface. Each request is read whole, then answered by `handle`. */
export async function startWire(
  handle: (exchange: Exchange) => Promise<void> | void,
): Promise<Wire> {
  const requests: SeenRequest[] = [];
  const failures: (Failure | undefined)[] = [];
  const server = createServer((message, response) => {
    const origin = `http://${message.headers.host ?? ""}`;
    const failing = failures.shift();
    void serve({ message, response, origin, failing, requests }, handle).catch(() =>
      response.destroy(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    fail(next, after = 0) {
      while (failures.length < after) failures.push(undefined);
      failures[after] = next;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json; charset=UTF-8" });
  response.end(JSON.stringify(body, undefined, 2));
}

/** The fields of an object; none for anything else. */
export function fields(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}

/** The objects of a list; none for anything else. */
export function list(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(fields) : [];
}

/** A page of a list, with the token of the next. Google leaves out what is empty. */
export function pageOf(
  all: readonly object[],
  key: string,
  query: URLSearchParams,
  sizes: { readonly usual: number; readonly most: number },
): object {
  const asked = numberIn(query.get("pageSize")) || sizes.usual;
  const start = numberIn(query.get("pageToken")?.replace(/^page-/, ""));
  const end = start + Math.min(asked, sizes.most);
  return {
    ...(start < all.length ? { [key]: all.slice(start, end) } : {}),
    ...(end < all.length ? { nextPageToken: `page-${end}` } : {}),
  };
}

function numberIn(text: string | null | undefined): number {
  const number = Number(text ?? 0);
  if (Number.isInteger(number) && number >= 0) return number;
  throw new Refusal(400, "* ListRequest: page_size or page_token is invalid");
}

interface Arrival {
  readonly message: IncomingMessage;
  readonly response: ServerResponse;
  readonly origin: string;
  readonly failing: Failure | undefined;
  readonly requests: SeenRequest[];
}

async function serve(
  { message, response, origin, failing, requests }: Arrival,
  handle: (exchange: Exchange) => Promise<void> | void,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  const request = seen(message, Buffer.concat(chunks));
  requests.push(request);
  response.once("finish", () => (request.finished = true));
  if (failing === "hang") return;
  if (failing === "reset") return void response.destroy();
  if (failing === "reset-after") response.end = () => response.destroy();
  else if (failing !== undefined) return failWith(response, failing);
  try {
    await handle({ request, response, origin });
  } catch (error) {
    const refusal = error instanceof Refusal ? error : new Refusal(500, String(error));
    const { status: code, message: said, word, details } = refusal;
    const more = details.length > 0 ? { details } : {};
    const status = word === undefined ? {} : { status: word };
    sendJson(response, code, { error: { code, message: said, ...status, ...more } });
  }
}

function failWith(response: ServerResponse, failure: Exclude<Failure, string>): void {
  const { status, headers = {}, body = {} } = failure;
  const isText = typeof body === "string";
  const type = isText ? "text/html; charset=UTF-8" : "application/json; charset=UTF-8";
  response.writeHead(status, { "content-type": type, ...headers });
  response.end(isText ? body : JSON.stringify(body));
}

function seen(message: IncomingMessage, raw: Buffer<ArrayBuffer>): SeenRequest {
  const url = new URL(message.url ?? "/", "http://fake");
  return {
    method: message.method ?? "GET",
    path: url.pathname,
    query: url.searchParams,
    headers: Object.fromEntries(
      Object.entries(message.headers).map(([name, value]) => [name, String(value)]),
    ),
    raw,
    body: parsed(raw),
    finished: false,
  };
}

function parsed(raw: Buffer<ArrayBuffer>): Fields {
  try {
    return raw[0] === 0x7b ? fields(JSON.parse(raw.toString("utf8"))) : {};
  } catch {
    return {};
  }
}
