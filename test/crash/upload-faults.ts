import type { ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { errorBody } from "../demo/wire.ts";

/** One way in which an upload goes wrong. */
export interface UploadFault {
  /** True if the file is stored all the same; `late` if that happens some time after the reply. */
  readonly stored: boolean | "late";
  /** Sends what the client gets instead of the reply; `reply` is the body that it should have got. */
  readonly answer: (response: ServerResponse, reply: string) => void | Promise<void>;
  /** True if the request is not even read to its end. */
  readonly cutsBody?: boolean;
}

/** What goes wrong with uploads. */
export const uploadFaults: Readonly<Record<string, UploadFault>> = {
  "stored, reset": { stored: true, answer: reset },
  "stored, 500": { stored: true, answer: refusing(500) },
  "stored, 500 that forbids a retry": {
    stored: true,
    answer: refusing(500, { "x-should-retry": "false" }),
  },
  "stored, 502 with a page": { stored: true, answer: page(502) },
  "stored, 503": { stored: true, answer: refusing(503) },
  "stored, cut JSON": {
    stored: true,
    answer: (response, reply) => send(response, reply.slice(0, reply.length / 2)),
  },
  "stored, a page": { stored: true, answer: page(200) },
  "stored, {}": { stored: true, answer: (response) => send(response, "{}") },
  "stored, no answer": { stored: true, answer: silence },
  "stored, wrong content type": {
    stored: true,
    answer: (response, reply) => send(response, reply, "text/plain"),
  },
  "stored after a reset": { stored: "late", answer: reset },
  "stored after a 503": { stored: "late", answer: refusing(503) },
  "stored after a page": { stored: "late", answer: page(200) },
  "not stored, reset": { stored: false, answer: reset },
  "not stored, reset in the body": { stored: false, answer: reset, cutsBody: true },
  "not stored, 500": { stored: false, answer: refusing(500) },
  "not stored, 429 for no time": { stored: false, answer: refusing(429, { "retry-after": "0" }) },
  "not stored, 429 for a second": { stored: false, answer: refusing(429, { "retry-after": "1" }) },
  "not stored, a page": { stored: false, answer: page(200) },
  "not stored, {}": { stored: false, answer: (response) => send(response, "{}") },
};

/** What goes wrong with a list, a look or a deletion, instead of the reply. */
export const otherFaults: readonly UploadFault["answer"][] = [
  reset,
  refusing(500),
  refusing(429, { "retry-after": "0" }),
  page(200),
  (response) => send(response, "{}"),
  (response, reply) => send(response, reply.slice(0, reply.length / 2)),
];

/** Sends a body with status 200. */
export function send(response: ServerResponse, body: string, type = "application/json"): void {
  response.writeHead(200, { "content-type": type }).end(body);
}

function reset(response: ServerResponse): void {
  response.destroy();
}

/** The client is left waiting, until something on the way gives up. */
async function silence(response: ServerResponse): Promise<void> {
  await pause(400);
  response.destroy();
}

function refusing(
  status: number,
  headers: Readonly<Record<string, string>> = {},
): UploadFault["answer"] {
  const body = JSON.stringify(errorBody("The server had an error", null, "server_error"));
  return (response) => {
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(body);
  };
}

function page(status: number): UploadFault["answer"] {
  return (response) => {
    response.writeHead(status, { "content-type": "text/html" });
    response.end("<!doctype html><title>Sign in</title>");
  };
}
