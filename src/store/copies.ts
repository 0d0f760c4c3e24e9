import { rmSync } from "node:fs";
import type { ContentId } from "../core/files/content.ts";
import type { ExpiryRule, StoredCopy } from "../core/ports/copies.ts";
import { blobPath } from "./blobs.ts";
import { recordTime } from "./clock.ts";
import { copyOf, forgetCopy, isKeptByAnother, type CopyStore } from "./stored-copy.ts";

/** An owner has this long to read that copies expire, in milliseconds. */
const noticeMs = 3_600_000;

/** Records that contents are in the store and used now; see the port. */
export function useCopies(
  { database, clocks }: CopyStore,
  contentIds: readonly ContentId[],
  use: "upload" | "send",
): void {
  database.write(() => {
    const time = recordTime(database, clocks);
    const record = database.prepare(
      `update contents set used_at = ?1, stored_at = ${use === "upload" ? "?1" : "coalesce(stored_at, ?1)"}
      where owner = owner_id() and content_id = ?2`,
    );
    for (const contentId of contentIds) record.run(time, contentId);
  });
}

/** The copies whose time is over; see the port. */
export function dueCopies(store: CopyStore, rule: ExpiryRule): readonly StoredCopy[] {
  const { database, clocks } = store;
  return database.write(() => {
    const deadline = recordTime(database, clocks) - rule.lifetime;
    if (rule.lifetime === 0) return [];
    return database
      .prepare(`select content_id from contents where ${isDue(rule)} order by stored_at`)
      .all(deadline)
      .map((row) => copyOf(database, String(row["content_id"])));
  });
}

/** A condition on `contents` with one parameter: the newest time that is over. */
export function isDue({ countFrom }: ExpiryRule): string {
  const since = countFrom === "upload" ? "stored_at" : "max(stored_at, used_at)";
  return `owner = owner_id() and stored_at is not null and ${since} <= ?1
    and not exists (
      select 1 from session_files
      where session_files.content_id = contents.content_id and session_files.owner = contents.owner and pinned = 1)
    and not exists (
      select 1 from request_blocks
      where request_blocks.content_id = contents.content_id and request_blocks.owner = contents.owner)`;
}

/** True an hour after the owner was told that copies expire; see the port. */
export function mayExpire({ database, clocks }: CopyStore): boolean | "tell" {
  return database.write(() => {
    const time = recordTime(database, clocks);
    const row = database
      .prepare("select expiry_announced_at from owners where id = owner_id()")
      .get();
    const told = row?.["expiry_announced_at"];
    if (typeof told === "number") return time >= told + noticeMs;
    database.prepare("update owners set expiry_announced_at = ? where id = owner_id()").run(time);
    return "tell";
  });
}

/** Deletes the least recently used copies that nothing refers to until the rest fits; see the port. */
export function trimCopies(store: CopyStore, rule: ExpiryRule): readonly StoredCopy[] {
  const { database } = store;
  const row = database.read(() =>
    database
      .prepare(
        `select coalesce(sum(bytes), 0) as bytes from contents
        where owner = owner_id() and (stored_at is not null
          or content_id in (select content_id from trash where owner = owner_id()))`,
      )
      .get(),
  );
  let excess = Number(row?.["bytes"]) - rule.maxBytes;
  const trimmed: StoredCopy[] = [];
  while (excess > 0) {
    const copy = trimOldest(store);
    if (!copy) break;
    trimmed.push(copy);
    excess -= copy.bytes;
  }
  return trimmed;
}

/** What keeps a copy from being trimmed: whatever may have to show, send or upload it again. */
const isUnreferenced = `
  content_id not in (select content_id from session_files where owner = owner_id())
  and content_id not in (
    select content_id from provider_files where owner = owner_id() and state in ('sending', 'ready', 'unknown'))
  and content_id not in (
    select content_id from request_blocks where owner = owner_id() and content_id is not null)
  and content_id not in (select content_id from trash where owner = owner_id())`;

function trimOldest({ database, blobs }: CopyStore): StoredCopy | undefined {
  return database.write(() => {
    const row = database
      .prepare(
        `select content_id from contents
        where owner = owner_id() and stored_at is not null and ${isUnreferenced}
        order by used_at, content_id limit 1`,
      )
      .get();
    if (!row) return undefined;
    const copy = copyOf(database, String(row["content_id"]));
    // In this order: on a full disk only the blob's end makes the room that the rest needs.
    if (!isKeptByAnother(database, copy.contentId)) {
      rmSync(blobPath(blobs, copy.contentId), { force: true });
    }
    forgetCopy(database, copy.contentId);
    return copy;
  });
}
