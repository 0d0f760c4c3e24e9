import type { ServerResponse } from "node:http";
import type { ContextError } from "../../src/core/errors.ts";
import { key } from "./gemini-request.ts";

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

const perMinute = "GenerateContentInputTokensPerModelPerMinute-FreeTier";
const perDay = "GenerateRequestsPerDayPerProjectPerModel-FreeTier";

export const faults: readonly Fault[] = [
  {
    name: "400 for a wrong key",
    answer: refuse(400, `API key not valid: ${key}`, [errorInfo("API_KEY_INVALID")]),
    code: "key-rejected",
    status: 400,
    says: /^Google Gemini rejected the API key: run "Satchel: Set API Key"/,
  },
  {
    name: "403 for a service that is off",
    answer: refuse(403, `Gemini API has not been used before. ${key}`, [
      errorInfo("SERVICE_DISABLED"),
    ]),
    code: "key-rejected",
    status: 403,
    says: /does not let this API key do that \(Gemini API has not been used before; \[key\]\)/,
  },
  {
    name: "404",
    answer: refuse(404, "models/gemini-x is not found for API version v1beta"),
    code: "provider-rejected",
    status: 404,
    says: /has no model "gemini-x"|is not found for API version v1beta$/,
    except: ["get", "delete", "look"],
  },
  {
    name: "429 for a minute",
    answer: refuse(429, "You exceeded your current quota.", [quota(perMinute), retryIn("16.3s")]),
    code: "provider-busy",
    status: 429,
    retryAfter: 16_300,
    says: /^Google Gemini is busy, so .*: try again in 17 seconds$/,
  },
  {
    name: "429 with a header",
    answer: refuse(429, "Slow down", [], { "retry-after": "5" }),
    code: "provider-busy",
    status: 429,
    retryAfter: 5000,
    says: /: try again in 5 seconds$/,
  },
  {
    name: "429 without a word",
    answer: refuse(429, "Resource has been exhausted (e.g. check quota)."),
    code: "provider-busy",
    status: 429,
    says: /: try again in a moment$/,
  },
  {
    name: "429 for a day",
    answer: refuse(429, `Quota exceeded for ${key}.`, [quota(perMinute, perDay), retryIn("17s")]),
    code: "quota-exceeded",
    status: 429,
    says: /^The Google Gemini account has used up its quota for today, so .*: wait until tomorrow/,
  },
  {
    name: "429 for want of room",
    answer: refuse(429, "Quota exceeded for metric: file_storage_bytes, limit: 21474836480"),
    code: "quota-exceeded",
    status: 429,
    says: /has no room for more files, so .*: delete files there/,
  },
  ...([500, 503, 408] as const).map((status): Fault => ({
    name: String(status),
    answer: refuse(status, "The model is overloaded. Please try again later."),
    code: "provider-busy",
    status,
    says: /^Google Gemini has trouble of its own.*: try again in a moment$/,
  })),
  ...([502, 504] as const).map((status): Fault => ({
    name: String(status),
    answer: page(status),
    code: "provider-unreachable",
    status,
    says: /could not be reached at http:\/\/127\.0\.0\.1:\d+\/v1, because a gateway/,
  })),
  {
    name: "400 with a sentence",
    answer: refuse(400, `Invalid\nvalue.   Keys like ${key} do not help.`),
    code: "provider-rejected",
    status: 400,
    says: /: Invalid value; Keys like \[key\] do not help$/,
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
    says: /^Google Gemini sent .*: check that http:\/\/127\.0\.0\.1:\d+\/v1 is the right base URL$/,
  },
  {
    name: "an empty object",
    answer: json("{}"),
    code: "response-malformed",
    says: /^Google Gemini sent /,
    // Google leaves out what is empty.
    except: ["list", "models", "delete"],
  },
  ...["null", "[]", "true", '"files"'].map((body): Fault => ({
    name: body,
    answer: json(body),
    code: "response-malformed",
    says: /^Google Gemini sent /,
  })),
  {
    name: "no body at all",
    answer: (response) => response.writeHead(200, { "content-length": "0" }).end(),
    code: "response-malformed",
    says: /^Google Gemini sent /,
  },
  {
    name: "cut JSON",
    answer: json('{"name":"files/abc","models":[{"name":"models/gemini-'),
    code: "response-malformed",
    says: /sent (?:(?:a reply|an answer) that breaks off|no address)/,
  },
  {
    name: "null bytes",
    answer: json("\0\0\0\0"),
    code: "response-malformed",
    says: /^Google Gemini sent /,
  },
  {
    name: "a refusal with 200",
    answer: json('{"error":{"code":400,"message":"Unexpected endpoint."}}'),
    code: "response-malformed",
    says: /an error instead of a result \(Unexpected endpoint\)|no address|breaks off/,
  },
  {
    name: "things without names",
    answer: json('{"object":"list","file":{},"files":[{"name":"../x"}],"models":[{}]}'),
    code: "response-malformed",
    says: /^Google Gemini sent /,
    except: ["delete"],
  },
  {
    name: "an answer where there is none",
    answer(response) {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.end('data: {"candidates":[]}\n\n');
    },
    code: "response-malformed",
    says: /breaks off|no address/,
  },
  {
    name: "a reset before the reply",
    answer: (response) => response.destroy(),
    code: "provider-unreachable",
    says: /because the connection broke/,
  },
  {
    name: "a reset in the middle of the reply",
    answer(response) {
      response.writeHead(200, { "content-type": "application/json", "content-length": "5000" });
      response.write('{"name":"files/');
      setTimeout(() => response.destroy(), 20);
    },
    code: "provider-unreachable",
    says: /because the connection broke/,
  },
];

/** A refusal in Google's words. */
function refuse(
  code: number,
  message: string,
  details: readonly object[] = [],
  headers: Readonly<Record<string, string>> = {},
): Fault["answer"] {
  return (response) => {
    response.writeHead(code, { "content-type": "application/json; charset=UTF-8", ...headers });
    response.end(JSON.stringify({ error: { code, message, status: "STATUS", details } }));
  };
}

/** A reply that calls itself JSON. */
export function json(body: string): Fault["answer"] {
  return (response) => response.writeHead(200, { "content-type": "application/json" }).end(body);
}

/** A page that quotes the key, as a debugging proxy might. */
function page(status: number): Fault["answer"] {
  return (response) => {
    response.writeHead(status, { "content-type": "text/html", "x-echo": key });
    response.end(`<!doctype html><title>Welcome</title><p>${key}</p>`);
  };
}

function errorInfo(reason: string): object {
  const metadata = { consumer: "projects/1234", key };
  return { "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason, metadata };
}

function quota(...quotaIds: readonly string[]): object {
  const quotaMetric = "generativelanguage.googleapis.com/generate_content_free_tier_requests";
  const violations = quotaIds.map((quotaId) => ({ quotaMetric, quotaId }));
  return { "@type": "type.googleapis.com/google.rpc.QuotaFailure", violations };
}

function retryIn(retryDelay: string): object {
  return { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay };
}
