import { type Page, pageOf } from "./gemini-replies.ts";
import { called, type Connection, jsonOf } from "./gemini-wire.ts";
import { type CallSite, malformed } from "./http.ts";

/** A list of an account. */
export interface Listing {
  readonly path: string;
  /** The field that holds its items. */
  readonly key: string;
  /** The most that a page may hold. */
  readonly pageSize: number;
}

/** The items of a list, read page by page to its end. */
export async function pagesOf<Item>(
  connection: Connection,
  { path, key, pageSize }: Listing,
  signal: AbortSignal,
  read: (item: Page["items"][number], site: CallSite) => Item,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  const seen = new Set<string>();
  const query = new URLSearchParams({ pageSize: String(pageSize) });
  for (;;) {
    const call = { method: "GET", path: `${path}?${query.toString()}` } as const;
    const next = await called(connection, call, signal, async (response, site) => {
      const page = pageOf(await jsonOf(response), key, site);
      items.push(...page.items.map((item) => read(item, site)));
      if (seen.has(page.next ?? "")) throw malformed(site, "a list that does not end");
      return page.next;
    });
    if (next === undefined) return items;
    seen.add(next);
    query.set("pageToken", next);
  }
}
