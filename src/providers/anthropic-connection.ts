import { Anthropic } from "@anthropic-ai/sdk";
import { isOnThisMachine } from "./address.ts";
import type { Fields, Page } from "./anthropic-replies.ts";
import { called, type Connection as SdkConnection } from "./calls.ts";
import { type CallSite, malformed } from "./http.ts";
import { callTimeout } from "./timeouts.ts";

/** A server that speaks Anthropic's protocol, reached through Anthropic's SDK. */
export type Connection = SdkConnection<Anthropic>;

// https://platform.claude.com/docs/en/api/migration-2026-10-21
const apiVersion = "2026-10-21";
/** The most that a page of files or models may hold. */
const pageSize = 1_000;

/** The only headers of the SDK that leave: it would add facts about this machine, and whatever the environment tells it to. */
const sentHeaders: ReadonlySet<string> = new Set([
  "accept",
  "content-length",
  "content-type",
  "user-agent",
]);

/** A connection to the server of a call site. One request for each call: nothing is retried here. */
export function connectionTo(site: CallSite): Connection {
  const client = new Anthropic({
    // The SDK adds the version, which addresses for other SDKs end in.
    baseURL: site.baseUrl.replace(/\/v1$/, ""),
    // Without it the SDK would look for a key in the environment and on disk. It never learns ours, which is added below.
    apiKey: "none",
    webhookKey: null,
    logLevel: "off",
    openTelemetry: false,
    maxRetries: 0,
    fetch(url, init) {
      const built = new Headers(init?.headers);
      const sent = new Headers([...built].filter(([name]) => sentHeaders.has(name)));
      sent.set("anthropic-version", apiVersion);
      if (site.key !== undefined) sent.set("x-api-key", site.key);
      return fetch(url, { ...init, headers: sent, redirect: "manual" });
    },
  });
  return { client, site, needsKey: !isOnThisMachine(site.baseUrl) };
}

/** A list of the service. */
export interface List<Item> {
  readonly path: string;
  /** The parameter that says where a page begins. */
  readonly cursor: string;
  readonly pageOf: (reply: unknown, site: CallSite) => Page;
  readonly itemOf: (item: Fields, site: CallSite) => Item;
}

/** All items of a list, page by page. Not the SDK's own lists: it turns a reply without data, such as a web page, into an empty one. */
export async function itemsOf<Item>(
  connection: Connection,
  { path, cursor, pageOf, itemOf }: List<Item>,
  signal: AbortSignal,
): Promise<readonly Item[]> {
  const found: Item[] = [];
  for (let from: string | undefined; ;) {
    const query = { limit: pageSize, ...(from === undefined ? {} : { [cursor]: from }) };
    const { reply, site } = await called(connection, signal, (client) =>
      client.get<unknown>(path, { query, signal, timeout: callTimeout }),
    );
    const { items, next } = pageOf(reply, site);
    found.push(...items.map((item) => itemOf(item, site)));
    if (next === undefined) return found;
    if (next === from) throw malformed(site, "a list that does not end");
    from = next;
  }
}
