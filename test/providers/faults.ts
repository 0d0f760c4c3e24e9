import type { ServerResponse } from "node:http";
import type { ContextError } from "../../src/core/errors.ts";

/** A key that must turn up nowhere: the faults quote it wherever a server could. */
export const key = "sk-canary-3f9a7c51e2d84b60";

/** One way in which a server goes wrong, and what must become of it. */
export interface Fault {
  readonly name: string;
  readonly answer: (response: ServerResponse) => void;
  readonly code: ContextError["code"];
  readonly status?: number;
  readonly retryAfter?: number;
  /** A part of the sentence. */
  readonly says: RegExp;
  /** Those that the fault is not a fault for, or another one. */
  readonly except?: readonly string[];
}

export const faults: readonly Fault[] = [
  {
    name: "401",
    answer: refuse(401, {
      message: `Incorrect API key provided: ${key}.`,
      code: "invalid_api_key",
    }),
    code: "key-rejected",
    status: 401,
    says: /^OpenAI rejected the API key: run "Satchel: Set API Key"/,
  },
  {
    name: "403",
    answer: refuse(403, { message: `Your country is not supported. ${key}` }),
    code: "key-rejected",
    status: 403,
    says: /Your country is not supported; \[key\]\): check its permissions/,
  },
  {
    name: "404",
    answer: refuse(404, { message: "Invalid URL (POST /v1/files)" }),
    code: "provider-rejected",
    status: 404,
    says: /Invalid URL \(POST \/v1\/files\)$/,
    except: ["get", "delete", "chat"],
  },
  {
    name: "429 without a time",
    answer: refuse(429, { message: "Rate limit reached", code: "rate_limit_exceeded" }),
    code: "provider-busy",
    status: 429,
    says: /^OpenAI is busy, so .*: try again in a moment$/,
  },
  {
    name: "429 with seconds",
    answer: refuse(429, { message: "Rate limit reached" }, { "retry-after": "20" }),
    code: "provider-busy",
    status: 429,
    retryAfter: 20_000,
    says: /: try again in 20 seconds$/,
  },
  {
    name: "429 with an hour",
    answer: refuse(429, { message: "Rate limit reached" }, { "retry-after": "3600" }),
    code: "provider-busy",
    status: 429,
    retryAfter: 3_600_000,
    says: /: try again in 60 minutes$/,
  },
  {
    name: "429 with milliseconds",
    answer: refuse(429, {}, { "retry-after-ms": "1500.5", "retry-after": "1" }),
    code: "provider-busy",
    status: 429,
    retryAfter: 1501,
    says: /: try again in 2 seconds$/,
  },
  {
    name: "429 with nonsense",
    answer: refuse(429, {}, { "retry-after": "soon", "x-ratelimit-reset-requests": "6m0s" }),
    code: "provider-busy",
    status: 429,
    says: /: try again in a moment$/,
  },
  {
    name: "429 for want of money",
    answer: refuse(
      429,
      { message: "You exceeded your current quota.", code: "insufficient_quota" },
      { "retry-after": "5" },
    ),
    code: "quota-exceeded",
    status: 429,
    says: /^The quota of the OpenAI account is used up, .* check its plan and billing/,
  },
  ...[500, 503, 529, 408, 409].map((status): Fault => ({
    name: String(status),
    answer: refuse(status, { message: "The server had an error", type: "server_error" }),
    code: "provider-busy",
    status,
    says: /^OpenAI has trouble of its own.*: try again in a moment$/,
  })),
  ...[502, 504, 522].map((status): Fault => ({
    name: String(status),
    answer: page(status),
    code: "provider-unreachable",
    status,
    says: /could not be reached at https?:\/\/[\w.:]+\/v1, because a gateway/,
  })),
  {
    name: "407",
    answer: page(407),
    code: "provider-unreachable",
    // Node tells nothing about it.
    says: /because the connection failed/,
  },
  {
    name: "400 with a sentence",
    answer: refuse(400, {
      message: `Invalid\nvalue.   Keys like ${key}, sk-proj-AbCd****wxyz or Bearer abc.def do not help.`,
    }),
    code: "provider-rejected",
    status: 400,
    says: /: Invalid value; Keys like \[key\], \[key\] or \[key\] do not help$/,
  },
  {
    name: "400 with a novel",
    answer: refuse(400, { message: "word ".repeat(5000) }),
    code: "provider-rejected",
    status: 400,
    says: /^.{300,420}\.\.\.$/,
  },
  {
    name: "413 with a page",
    answer: page(413),
    code: "provider-rejected",
    status: 413,
    says: /too large for this server$/,
  },
  {
    name: "422 without a word",
    answer: (response) => response.writeHead(422).end(),
    code: "provider-rejected",
    status: 422,
    says: /only status 422$/,
  },
  {
    name: "a page with 200",
    answer: page(200),
    code: "response-malformed",
    says: /^OpenAI sent .*: check that https?:\/\/[\w.:]+\/v1 is the right base URL$/,
  },
  {
    name: "an empty object",
    answer: json("{}"),
    code: "response-malformed",
    says: /^OpenAI sent /,
  },
  { name: "null", answer: json("null"), code: "response-malformed", says: /^OpenAI sent / },
  {
    name: "no body at all",
    answer: (response) => response.writeHead(200, { "content-length": "0" }).end(),
    code: "response-malformed",
    says: /^OpenAI sent /,
  },
  {
    name: "cut JSON",
    answer: json('{"id":"file-1","object":"file","bytes":8,"filena'),
    code: "response-malformed",
    says: /sent (a reply|an answer) that breaks off/,
  },
  {
    name: "null bytes",
    answer: json("\0\0\0\0"),
    code: "response-malformed",
    says: /^OpenAI sent /,
  },
  {
    name: "a refusal with 200",
    answer: json('{"error":"Unexpected endpoint or method. (GET /v1/files)"}'),
    code: "response-malformed",
    says: /an error instead of a result \(Unexpected endpoint or method\. \(GET/,
    except: ["chat"],
  },
  {
    name: "an object without an id",
    answer: json('{"object":"file","filename":"a","deleted":false,"data":[{"object":"model"}]}'),
    code: "response-malformed",
    says: /^OpenAI sent a/,
  },
  {
    name: "a reset before the reply",
    answer: (response) => response.destroy(),
    code: "provider-unreachable",
    says: /because the connection broke/,
  },
  {
    name: "a reset in the middle of the reply",
    answer: (response) => {
      response.writeHead(200, { "content-type": "application/json", "content-length": "5000" });
      response.write('{"id":"file-1",');
      setTimeout(() => response.destroy(), 20);
    },
    code: "provider-unreachable",
    says: /because the connection broke/,
  },
];

/** A refusal with an error body in the words of OpenAI. */
export function refuse(
  status: number,
  error: object,
  headers: Readonly<Record<string, string>> = {},
): Fault["answer"] {
  return (response) => {
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(JSON.stringify({ error: { type: null, param: null, code: null, ...error } }));
  };
}

/** A page that quotes the key, as a debugging proxy might. */
function page(status: number): Fault["answer"] {
  return (response) => {
    response.writeHead(status, { "content-type": "text/html", "x-echo": key });
    response.end(`<!doctype html><title>Welcome</title><p>Bearer ${key}</p>`);
  };
}

/** A reply that calls itself JSON. */
export function json(body: string): Fault["answer"] {
  return (response) => response.writeHead(200, { "content-type": "application/json" }).end(body);
}
