import type { ServerResponse } from "node:http";
import { type Fault, json } from "./faults.ts";
import { errorBody } from "./servers/anthropic-wire.ts";

/** A key that must turn up nowhere: the faults quote it wherever a server could. */
export const key = "sk-ant-canary-3f9a7c51e2d84b60";

type Answer = Fault["answer"];

const busy = { code: "provider-busy", status: 429 } as const;
const spent = {
  code: "quota-exceeded",
  says: /^The money of the Anthropic account is used up/,
} as const;

/** The ways in which Anthropic, or what stands between, goes wrong. */
export const faults: readonly Fault[] = [
  {
    name: "401",
    answer: refuse(401, `invalid x-api-key ${key}`),
    code: "key-rejected",
    status: 401,
    says: /^Anthropic rejected the API key: run "Satchel: Set API Key"/,
  },
  {
    name: "403",
    answer: refuse(403, `Your API key does not have permission. ${key}`),
    code: "key-rejected",
    status: 403,
    says: /does not have permission; \[key\]\): check its permissions/,
  },
  {
    name: "404",
    answer: refuse(404, "Not Found"),
    code: "provider-rejected",
    status: 404,
    says: /^Anthropic refused the request, so .*: Not Found$/,
    except: ["get", "delete", "chat", "count"],
  },
  {
    name: "402",
    answer: refuse(402, "Payment required"),
    status: 402,
    ...spent,
  },
  {
    name: "429 of a contract",
    answer: refuse(429, "Spend limit", { errorCode: "contract_spend_limit_reached" }),
    status: 429,
    ...spent,
  },
  {
    name: "429 of a tier",
    answer: refuse(429, "Limit", {
      errorCode: "enforced_spend_limit_reached",
      headers: { "x-should-retry": "false" },
    }),
    status: 429,
    ...spent,
  },
  {
    name: "a full storage",
    answer: refuse(400, "Quota exhausted", { errorCode: "storage_quota_exceeded" }),
    code: "quota-exceeded",
    status: 400,
    says: /^The storage of the Anthropic account is full, so .*: delete files there, then try again$/,
  },
  {
    ...busy,
    name: "429 without a time",
    answer: refuse(429, "Number of request tokens has exceeded your rate limit"),
    says: /^Anthropic is busy, so .*: try again in a moment$/,
  },
  {
    ...busy,
    name: "429 with seconds",
    answer: refuse(429, "Limit", { headers: { "retry-after": "20" } }),
    retryAfter: 20_000,
    says: /: try again in 20 seconds$/,
  },
  {
    ...busy,
    name: "429 of a ramp",
    answer: refuse(429, "Ramp", {
      errorCode: "ramp_limit_exceeded",
      headers: { "retry-after": "3600" },
    }),
    retryAfter: 3_600_000,
    says: /: try again in 60 minutes$/,
  },
  {
    ...busy,
    name: "429 with milliseconds",
    answer: refuse(429, "", { headers: { "retry-after-ms": "1500.5", "retry-after": "1" } }),
    retryAfter: 1501,
    says: /: try again in 2 seconds$/,
  },
  {
    ...busy,
    name: "429 with nonsense",
    answer: refuse(429, "", { headers: { "retry-after": "soon" } }),
    says: /: try again in a moment$/,
  },
  ...[500, 503, 529, 408, 409].map((status): Fault => ({
    name: String(status),
    answer: refuse(status, "Overloaded"),
    code: "provider-busy",
    status,
    says: /^Anthropic has trouble of its own.*: try again in a moment$/,
  })),
  ...[502, 504, 522].map((status): Fault => ({
    name: String(status),
    answer: page(status),
    code: "provider-unreachable",
    status,
    says: /could not be reached at http:\/\/127\.0\.0\.1:\d+\/v1, because a gateway/,
  })),
  {
    name: "400",
    answer: refuse(400, `prompt is too long: 3333404 tokens > 200000 maximum. Keys like ${key}.`),
    code: "provider-rejected",
    status: 400,
    says: /: prompt is too long: 3333404 tokens > 200000 maximum; Keys like \[key\]$/,
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
  ...malformed(),
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
      response.write('{"id":"file_1",');
      setTimeout(() => response.destroy(), 20);
    },
    code: "provider-unreachable",
    says: /because the connection broke/,
  },
];

/** Replies with a good status that are not what was promised. */
function malformed(): readonly Fault[] {
  const rest = { code: "response-malformed", says: /^Anthropic sent / } as const;
  const empty: Answer = (response) => response.writeHead(200, { "content-length": "0" }).end();
  return [
    { ...rest, name: "a page with 200", answer: page(200) },
    { ...rest, name: "an empty object", answer: json("{}") },
    { ...rest, name: "null", answer: json("null") },
    { ...rest, name: "no body at all", answer: empty },
    { ...rest, name: "null bytes", answer: json("\0\0\0\0") },
    { ...rest, name: "cut JSON", answer: json('{"id":"file_1","size_bytes":8,"filena') },
    {
      ...rest,
      name: "JSON that calls itself text",
      answer: (response) =>
        response.writeHead(200, { "content-type": "text/plain" }).end('{"id":"file_1"}'),
    },
    {
      ...rest,
      name: "a refusal with 200",
      answer: json(JSON.stringify(errorBody(400, `Wrong. ${key}`))),
      says: /an error instead of a result \(Wrong; \[key\]\)/,
      except: ["chat"],
    },
    {
      ...rest,
      name: "an object without what is needed",
      answer: json('{"id":null,"filename":"a","size_bytes":null,"data":[{"type":"model"}]}'),
      says: /^Anthropic sent a/,
    },
  ];
}

interface RefusalParts {
  readonly errorCode?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A refusal in the words of Anthropic. */
export function refuse(
  status: number,
  message: string,
  { errorCode, headers = {} }: RefusalParts = {},
): Answer {
  return (response) => {
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(JSON.stringify(errorBody(status, message, errorCode)));
  };
}

/** A page that quotes the key, as a debugging proxy might. */
function page(status: number): Answer {
  return (response: ServerResponse) => {
    response.writeHead(status, { "content-type": "text/html", "x-echo": key });
    response.end(`<!doctype html><title>Welcome</title><p>${key}</p>`);
  };
}
