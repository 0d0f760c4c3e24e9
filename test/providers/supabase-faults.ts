import type { ServerResponse } from "node:http";
import type { ContextError } from "../../src/core/errors.ts";

/** A key that must turn up nowhere: the faults quote it wherever a server could. */
export const key = "sb_secret_canary_3f9a7c51e2d84b60";

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

const lookUps = ["get", "delete", "download", "link"];

/** Nearly all refusals have the status 400, and tell the real one in their body. */
export const faults: readonly Fault[] = [
  {
    name: "a bad token",
    answer: refuse("403", "AccessDenied", "Invalid Compact JWS"),
    code: "key-rejected",
    status: 401,
    says: /^Supabase Storage rejected the API key: run "Satchel: Set API Key"/,
  },
  {
    name: "a token that is over",
    answer: refuse("400", "InvalidJWT", '"exp" claim timestamp check failed'),
    code: "key-rejected",
    status: 401,
    says: /rejected the API key/,
  },
  {
    name: "401 of the gateway",
    answer: json(401, { message: "Invalid API key", hint: `Double check ${key}.` }),
    code: "key-rejected",
    status: 401,
    says: /rejected the API key/,
  },
  {
    name: "row-level security",
    answer: refuse("403", "AccessDenied", "new row violates row-level security policy"),
    code: "key-rejected",
    status: 403,
    says: /API key do that \(new row violates row-level security policy\): check its permissions/,
  },
  {
    name: "403 of a firewall",
    answer: page(403),
    code: "provider-rejected",
    status: 403,
    says: /^A firewall in front of Supabase Storage refused the request, so .*: wait a while/,
  },
  {
    name: "a plan that is used up",
    answer: json(402, {
      message: `Service for this project is restricted due to the following violations: exceed_storage_size_quota. ${key}`,
    }),
    code: "quota-exceeded",
    status: 402,
    says: /^The quota of the Supabase Storage account is used up, so .*exceed_storage_size_quota/,
  },
  {
    name: "an unknown route",
    answer: json(404, { message: "Route POST:/x not found", error: "Not Found", statusCode: 404 }),
    code: "provider-rejected",
    status: 404,
    says: /refused the request, so .*: Route POST:\/x not found$/,
  },
  {
    name: "a page that is not there",
    answer: page(404),
    code: "provider-rejected",
    status: 404,
    says: /: check that http:\/\/127\.0\.0\.1:\d+\/v1\/storage\/v1 is the right base URL$/,
  },
  {
    name: "too large",
    answer: refuse("413", "EntityTooLarge", "The object exceeded the maximum allowed size"),
    code: "provider-rejected",
    status: 413,
    says: /does not take .*: it is larger than the project or its bucket allows, .*50 MB/,
  },
  {
    name: "a type that the bucket does not take",
    answer: refuse("415", "InvalidMimeType", "mime type text/csv is not supported"),
    code: "provider-rejected",
    status: 415,
    says: /: mime type text\/csv is not supported$/,
  },
  {
    name: "a code without a status",
    answer: json(400, { code: "EntityTooLarge", message: "The object exceeded the limit" }),
    code: "provider-rejected",
    status: 413,
    says: /larger than the project/,
  },
  {
    name: "an invalid request that quotes the key",
    answer: refuse(
      "400",
      "InvalidRequest",
      `Invalid\nvalue.   Bearer ${key} or ${key} do not help.`,
    ),
    code: "provider-rejected",
    status: 400,
    says: /: Invalid value; \[key\] or \[key\] do not help$/,
  },
  {
    name: "a lock",
    answer: refuse("423", "ResourceLocked", "The resource is locked"),
    code: "provider-busy",
    status: 423,
    says: /^Supabase Storage has trouble of its own.*: try again in a moment$/,
  },
  {
    name: "a lock that nobody gives up",
    answer: refuse("503", "LockTimeout", "acquiring lock timeout"),
    code: "provider-busy",
    status: 503,
    says: /trouble of its own/,
  },
  {
    name: "a database that does not answer",
    answer: refuse("544", "DatabaseTimeout", "The connection to the database timed out", 544),
    code: "provider-busy",
    status: 544,
    says: /trouble of its own/,
  },
  {
    name: "429 with seconds",
    answer: refuse("429", "SlowDown", "Too many requests", 429, { "retry-after": "20" }),
    code: "provider-busy",
    status: 429,
    retryAfter: 20_000,
    says: /^Supabase Storage is busy, so .*: try again in 20 seconds$/,
  },
  {
    name: "500",
    answer: refuse("500", "InternalError", "Internal Server Error", 500),
    code: "provider-busy",
    status: 500,
    says: /trouble of its own/,
  },
  ...[502, 504, 522].map((status): Fault => ({
    name: String(status),
    answer: page(status),
    code: "provider-unreachable",
    status,
    says: /could not be reached at http:\/\/127\.0\.0\.1:\d+\/v1\/storage\/v1, because a gateway/,
  })),
  ...(
    [
      ["a page with 200", page(200)],
      ["an empty object", json(200, {})],
      ["null", json(200, null)],
      ["a number", json(200, 7)],
      ["no body at all", (response) => response.writeHead(200, { "content-length": "0" }).end()],
      ["cut JSON", (response) => response.writeHead(200).end('{"Id":"x","Key":"user-fil')],
      ["a reply about something else", json(200, { Id: "x", Key: "other/key", name: "else" })],
      ["a refusal with 200", json(200, { error: "Unexpected endpoint" })],
    ] as const satisfies readonly (readonly [string, Fault["answer"]])[]
  ).map(([name, answer]): Fault => ({
    name,
    answer,
    code: "response-malformed",
    says: /^Supabase Storage sent .*: check that http:\/\/127\.0\.0\.1:\d+\/v1\/storage\/v1 is the right/,
    // Any bytes are a file: its hash tells whether it is the right one.
    except: ["download"],
  })),
  {
    name: "an object that is not there",
    answer: refuse("404", "NoSuchKey", "Object not found"),
    code: "provider-rejected",
    status: 404,
    says: /Object not found$/,
    except: lookUps,
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
      response.write('{"Id":"x",');
      setTimeout(() => response.destroy(), 20);
    },
    code: "provider-unreachable",
    says: /because the connection broke/,
  },
];

/** A refusal as the API words it: the real status is a string in the body. */
export function refuse(
  ...[statusCode, code, message, status = 400, headers = {}]: [
    statusCode: string,
    code: string,
    message: string,
    status?: number,
    headers?: Readonly<Record<string, string>>,
  ]
): Fault["answer"] {
  return (response) => {
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(JSON.stringify({ statusCode, error: code, message, code }));
  };
}

/** A reply in JSON. */
export function json(status: number, body: unknown): Fault["answer"] {
  return (response) =>
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

/** A page that quotes the key, as a debugging proxy might. */
export function page(status: number): Fault["answer"] {
  return (response) => {
    response.writeHead(status, { "content-type": "text/html", "x-echo": key });
    response.end(`<!doctype html><title>Welcome</title><p>Bearer ${key}</p>`);
  };
}
