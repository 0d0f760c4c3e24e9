import type { IncomingMessage, ServerResponse } from "node:http";

/** A file as the demo server holds it. */
export interface DemoFile {
  readonly id: string;
  readonly filename: string;
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  readonly purpose: string;
  /** Milliseconds since 1970, in whole seconds. */
  readonly created: number;
  /** Milliseconds since 1970; undefined if the file was uploaded without a lifetime. */
  readonly expires: number | undefined;
}

/** A request as the demo server received it. */
export interface DemoRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  /** The parsed JSON; the text of any other body (at most its first MB); undefined without a body. */
  readonly body: unknown;
  /** True once the whole reply has been handed to the network; stays false if the client went away. */
  finished: boolean;
}

/** What one request is answered with and on. */
export interface Exchange {
  readonly request: DemoRequest;
  readonly raw: Buffer<ArrayBuffer>;
  readonly response: ServerResponse;
}

/** A refusal in OpenAI's words: thrown by handlers, sent as `{"error": ...}`. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string | null;

  constructor(status: number, message: string, code: string | null = null) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

// https://platform.openai.com/docs/guides/error-codes/api-errors
/** The body of OpenAI's error replies. */
export function errorBody(message: string, code: string | null, type: string): object {
  return { error: { message, type, param: null, code } };
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, {
    "content-type": "application/json",
    "x-request-id": "req_demo",
  });
  response.end(JSON.stringify(body));
}

/** The fields of a multipart body; refuses any other. */
export async function formOf({ request, raw }: Exchange): Promise<FormData> {
  const type = request.headers["content-type"] ?? "";
  if (request.method !== "POST" || !type.startsWith("multipart/form-data")) {
    throw new Refusal(400, "Expected a multipart/form-data body");
  }
  const whole = { method: "POST", headers: { "content-type": type }, body: raw };
  return new Request("http://demo/", whole).formData();
}

export async function readBody(message: IncomingMessage): Promise<Buffer<ArrayBuffer>> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The fields of an object; an empty object for anything else. */
export function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}
