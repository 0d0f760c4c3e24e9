import { StorageClient } from "@supabase/storage-js";
import { addressOf } from "./address.ts";
import {
  type CallSite,
  checkSendable,
  failureOf,
  fieldsOf,
  malformed,
  replyFields,
} from "./http.ts";
import { Refused, refusedBy } from "./supabase-refusals.ts";
import { callTimeout } from "./timeouts.ts";

/** The server, and what is needed to ask it. */
export interface Connection {
  readonly site: CallSite;
  readonly needsKey: boolean;
}

/** One request of a connection. */
export interface Call extends Connection {
  /** Milliseconds; a minute if it is left out. */
  readonly timeout?: number | undefined;
  /** What a good reply holds; `json` if it is left out. */
  readonly reads?: "json" | "bytes";
}

/** What a request came to: the result, or the server's refusal. */
export type Outcome<Data> =
  | { readonly data: Data; readonly refused?: undefined }
  | { readonly data?: undefined; readonly refused: Refused };

/** What a method of the SDK resolves to. */
interface Answer<Data> {
  readonly data: Data | null;
  readonly error: Error | null;
}

/** The only headers of the SDK that leave: the others tell facts about this machine. */
const sentHeaders: ReadonlySet<string> = new Set([
  "accept",
  "cache-control",
  "content-type",
  "x-metadata",
  "x-upsert",
]);

/**
 * The address of the Storage API at what the user has set: a project, a self-hosted Supabase, or the API itself. Without user name, password and
 * query. What is no address stays as it is.
 */
export function storageAddress(baseUrl: string): string {
  const url = addressOf(baseUrl);
  if (url === undefined) return baseUrl;
  const path = url.pathname.replace(/\/+$/, "");
  // https://supabase.com/docs/guides/storage/uploads/resumable-uploads
  const root = /\.storage\.supabase\.\w+$/.test(url.hostname) ? "/v1" : "/storage/v1";
  return `${url.origin}${path.endsWith(root) ? path : `${path}${root}`}`;
}

/** Makes one request with the SDK. Resolves to the server's refusal, too: some mean no failure. Rejects with what all other failures are told as. */
export async function tried<Data>(
  call: Call,
  signal: AbortSignal,
  request: (client: StorageClient) => PromiseLike<Answer<Data>>,
): Promise<Outcome<Data>> {
  const { site, needsKey } = call;
  checkSendable(site, needsKey, signal);
  try {
    const client = new StorageClient(site.baseUrl, {}, guardedFetch(call, signal));
    const { data, error } = await request(client);
    if (error !== null) throw error;
    if (data === null) throw malformed(site, "an empty reply");
    return { data };
  } catch (error) {
    const { originalError: thrown = error } = fieldsOf(error);
    if (thrown instanceof Refused && !signal.aborted) return { refused: thrown };
    throw failureOf(thrown, site, signal);
  }
}

/** What the SDK sends its request with: to our server only, with our headers only, and no further than there. */
function guardedFetch({ site, timeout, reads }: Call, signal: AbortSignal): typeof fetch {
  return async (input, init) => {
    const { baseUrl, key } = site;
    const url = input instanceof Request ? input.url : String(input);
    if (!new URL(url).href.startsWith(`${baseUrl}/`)) {
      throw new Error("a request to another server than the one that was set");
    }
    const response = await fetch(url, {
      ...init,
      headers: headersFor(init?.headers, key),
      redirect: "manual",
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeout ?? callTimeout)]),
    });
    if (!response.ok) throw await refusedBy(response);
    return reads === "bytes" ? response : checkedJson(response, site);
  };
}

function headersFor(
  built: ConstructorParameters<typeof Headers>[0],
  key: string | undefined,
): Headers {
  const headers = new Headers([...new Headers(built)].filter(([name]) => sentHeaders.has(name)));
  // Secret keys are refused for what calls itself a browser, as editors do: https://supabase.com/docs/guides/api/api-keys
  headers.set("user-agent", "satchel");
  if (key === undefined) return headers;
  headers.set("apikey", key);
  headers.set("authorization", `Bearer ${key}`);
  return headers;
}

/** The SDK takes every reply for what it expects, and fails on others in ways that tell nothing. */
async function checkedJson(response: Response, site: CallSite): Promise<Response> {
  const text = await response.text();
  const reply: unknown = JSON.parse(text);
  if (!Array.isArray(reply)) replyFields(reply, site);
  return new Response(text, { headers: { "content-type": "application/json" } });
}
