import { type CallSite, checkSendable, failureOf, fieldsOf } from "./http.ts";
import { callTimeout } from "./timeouts.ts";

/** A Gemini server and the account at it. */
export interface Connection {
  readonly site: CallSite;
  /** True if nothing is sent without a key. */
  readonly needsKey: boolean;
}

/** One request. */
export interface Call {
  readonly method: "GET" | "POST" | "DELETE";
  /** Below the base URL, with its query. */
  readonly path?: string | undefined;
  /** A whole address instead of a path: it grants what it is for, and is not told the key. */
  readonly address?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Bytes, or what is sent as JSON. */
  readonly body?: Uint8Array<ArrayBuffer> | object | undefined;
  /** Milliseconds for the request with its reply; `Infinity` for an answer, which ends when it ends. A minute if it is left out. */
  readonly timeout?: number | undefined;
  /** Stops the request, too. */
  readonly alsoStop?: AbortSignal | undefined;
  /** What the request is about, for its errors. */
  readonly about?: Partial<CallSite> | undefined;
}

/** A reply that says no, in the shape that `failureOf` reads. */
class GeminiRefusal extends Error {
  readonly status: number | undefined;
  readonly headers: Headers;
  readonly error: unknown;
  /** Words for the reason that Google puts among the details. */
  readonly type: string;

  constructor(error: unknown, status: number | undefined, headers: Headers) {
    super("refused");
    this.error = error;
    this.status = status;
    this.headers = headers;
    this.type = reasonsIn(fieldsOf(error)["details"]).join(" ");
  }
}

/**
 * Sends one request, and reads its reply. Every request goes through here: checked before it is sent, sent to the base URL's own server alone, and its
 * failures told in one way. Not through Google's SDK: it says no more than a sentence about why a stream broke, goes on reading an answer that nobody
 * wants any more, counts neither instructions nor tools, and would be twenty times as large as this adapter.
 */
export async function called<Result>(
  connection: Connection,
  call: Call,
  signal: AbortSignal,
  read: (response: Response, site: CallSite) => Promise<Result>,
): Promise<Result> {
  const site = { ...connection.site, ...call.about };
  checkSendable(site, connection.needsKey, signal);
  try {
    const response = await fetch(call.address ?? urlOf(site, call.path ?? ""), {
      method: call.method,
      headers: headersOf(call, site),
      ...(call.body === undefined ? {} : { body: sendable(call.body) }),
      // The key must not follow to another server.
      redirect: "manual",
      signal: stopping(call, signal),
    });
    if (!response.ok) throw await refusalFrom(response);
    return await read(response, site);
  } catch (error) {
    throw failureOf(error, site, signal);
  }
}

/** The parsed reply; a web page as text; undefined if it is empty. */
export async function jsonOf(response: Response): Promise<unknown> {
  return parsed(await response.text());
}

/** The events of a streamed answer, parsed. Throws what the server says instead of going on. */
export async function* eventsOf(response: Response): AsyncGenerator<unknown, void, undefined> {
  for await (const line of linesOf(response)) {
    const data = /^data: ?(.+)$/.exec(line)?.[1];
    if (data === undefined || data === "[DONE]") continue;
    const event: unknown = JSON.parse(data);
    const { error } = fieldsOf(event);
    if (error !== undefined) throw new GeminiRefusal(error, undefined, response.headers);
    yield event;
  }
}

/** The whole lines of a body; Gemini puts each event on one. */
async function* linesOf({ body }: Response): AsyncGenerator<string, void, undefined> {
  if (body === null) return;
  const decoder = new TextDecoder();
  let started: string[] = [];
  for await (const piece of body) {
    const [first = "", ...rest] = decoder.decode(piece, { stream: true }).split(/\r\n|\n|\r/);
    started.push(first);
    const last = rest.pop();
    if (last === undefined) continue;
    yield started.join("");
    yield* rest;
    started = [last];
  }
}

/** The address of a path at the server of a call site. */
export function urlOf({ baseUrl }: CallSite, path: string): string {
  // Who names a version in the base URL means the same server.
  return baseUrl.replace(/\/v1(?:beta)?$/, "") + path;
}

function headersOf({ headers = {}, body, address }: Call, { key }: CallSite): Headers {
  const sent = new Headers(headers);
  if (body !== undefined && !(body instanceof Uint8Array)) {
    sent.set("content-type", "application/json");
  }
  // Never in the address, as older examples have it: addresses end up in logs.
  if (key !== undefined && address === undefined) sent.set("x-goog-api-key", key);
  return sent;
}

function sendable(body: Uint8Array<ArrayBuffer> | object): Uint8Array<ArrayBuffer> | string {
  return body instanceof Uint8Array ? body : JSON.stringify(body);
}

function stopping({ timeout = callTimeout, alsoStop }: Call, signal: AbortSignal): AbortSignal {
  const signals = [signal];
  if (alsoStop !== undefined) signals.push(alsoStop);
  if (timeout !== Infinity) signals.push(AbortSignal.timeout(timeout));
  return AbortSignal.any(signals);
}

async function refusalFrom(response: Response): Promise<GeminiRefusal> {
  const text = await response.text();
  const body = fieldsOf(attempted(text));
  return new GeminiRefusal(body["error"] ?? text, response.status, response.headers);
}

function parsed(text: string): unknown {
  if (text.trim() === "") return undefined;
  return /^\s*</.test(text) ? text : JSON.parse(text);
}

function attempted(text: string): unknown {
  try {
    const value = parsed(text);
    // A stream that is refused may be answered with a list of one error.
    return Array.isArray(value) ? value[0] : value;
  } catch {
    return text;
  }
}

/** For example `API_KEY_INVALID`, from the details of the type `google.rpc.ErrorInfo`. */
// https://ai.google.dev/gemini-api/docs/troubleshooting
function reasonsIn(details: unknown): readonly string[] {
  if (!Array.isArray(details)) return [];
  const reasons = details.map((detail) => fieldsOf(detail)["reason"]);
  return reasons.filter((reason) => typeof reason === "string");
}
