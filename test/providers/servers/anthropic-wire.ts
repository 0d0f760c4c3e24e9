import type { ServerResponse } from "node:http";
import { fields } from "../../demo/wire.ts";

/** A file as the stand-in holds it. */
export interface HeldFile {
  readonly id: string;
  readonly filename: string;
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  /** Milliseconds since 1970. */
  readonly created: number;
  /** Milliseconds since 1970; undefined for ever. */
  readonly expires: number | undefined;
}

/** A request as the stand-in received it. */
export interface SeenRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  /** The parsed JSON; the text of any other body; undefined without a body. */
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

/** An object of a request: every field is still to be checked. */
export type Fields = Readonly<Record<string, unknown>>;

// https://platform.claude.com/docs/en/api/errors
const types: Readonly<Record<number, string>> = {
  400: "invalid_request_error",
  401: "authentication_error",
  402: "billing_error",
  403: "permission_error",
  404: "not_found_error",
  413: "request_too_large",
  429: "rate_limit_error",
  500: "api_error",
  504: "timeout_error",
  529: "overloaded_error",
};

/** A refusal in Anthropic's words: thrown by handlers. */
export class Refusal extends Error {
  readonly status: number;
  readonly errorCode: string | undefined;

  constructor(status: number, message: string, errorCode?: string) {
    super(message);
    this.status = status;
    this.errorCode = errorCode;
  }
}

/** The body of an error reply. */
export function errorBody(status: number, message: string, errorCode?: string): object {
  const details = errorCode === undefined ? {} : { details: { error_code: errorCode } };
  return {
    type: "error",
    error: { type: types[status] ?? "api_error", message, ...details },
    request_id: "req_011CTest",
  };
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json", "request-id": "req_011CTest" });
  response.end(JSON.stringify(body));
}

/** The objects of a list; throws a 400 that begins with `where` for anything else. */
export function objects(value: unknown, where: string): readonly Fields[] {
  if (!Array.isArray(value)) throw new Refusal(400, `${where}: Input should be a valid list`);
  return value.map(fields);
}

/** The blocks of a turn; a text is one block. */
export function blocksOf(content: unknown): readonly Fields[] {
  return typeof content === "string"
    ? [{ type: "text", text: content }]
    : objects(content, "content");
}

/** Throws a 400 for a field that the service does not know. */
export function refuseOthers(value: Fields, known: readonly string[], where = ""): void {
  const other = Object.keys(value).find((name) => !known.includes(name));
  if (other !== undefined) {
    throw new Refusal(400, `${where}${other}: Extra inputs are not permitted`);
  }
}

/** The `limit` of a list; throws a 400 for one that is not allowed. */
export function limitOf(query: URLSearchParams): number {
  const limit = Number(query.get("limit") ?? 20);
  if (Number.isInteger(limit) && limit >= 1 && limit <= 1000) return limit;
  throw new Refusal(400, `limit: Input should be between 1 and 1000, not ${query.get("limit")}`);
}
