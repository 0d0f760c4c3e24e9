import { existsSync, rmSync } from "node:fs";
import { ContextError } from "../core/errors.ts";
import { shortId, type ContentId } from "../core/files/content.ts";
import type { ExpiryRule, StoredCopy, TrashedCopy } from "../core/ports/copies.ts";
import type { SessionFile } from "../core/session/session.ts";
import { blobPath } from "./blobs.ts";
import { recordTime, storeTime } from "./clock.ts";
import { isDue } from "./copies.ts";
import type { Database } from "./database.ts";
import { restoreFiles } from "./session-files.ts";
import { filesShowing, forgetCopy, isKeptByAnother, type CopyStore } from "./stored-copy.ts";

/** Moves a copy to the trash; see the port. */
export function trashCopy(
  { database, clocks }: CopyStore,
  copy: StoredCopy,
  lostFileIds: readonly string[],
  rule: ExpiryRule,
): boolean {
  return database.write(() => {
    const time = recordTime(database, clocks);
    const before = trashedFiles(database, copy.contentId);
    const due =
      rule.lifetime > 0 &&
      database
        .prepare(`select 1 from contents where content_id = ?2 and ${isDue(rule)}`)
        .get(time - rule.lifetime, copy.contentId);
    if (!due && !(before && isOnlyInTrash(database, copy.contentId))) return false;
    const files = filesShowing(database, copy.contentId);
    if (!sameIds(files, copy.files)) return false;
    const lost = files.filter(({ id }) => lostFileIds.includes(id));
    database
      .prepare(
        `insert into trash (owner, content_id, name, trashed_at, files) values (owner_id(), ?, ?, ?, ?)
        on conflict (owner, content_id) do update set trashed_at = excluded.trashed_at, files = excluded.files`,
      )
      .run(copy.contentId, copy.name, time, JSON.stringify([...(before ?? []), ...lost]));
    forgetCopy(database, copy.contentId);
    const remove = database.prepare(
      "delete from session_files where id = ? and owner = owner_id()",
    );
    for (const { id } of lost) remove.run(id);
    return true;
  });
}

/** What lies in the trash, the newest first. */
export function trash({ database, clocks }: CopyStore, rule: ExpiryRule): readonly TrashedCopy[] {
  return database.read(() => {
    const time = storeTime(database, clocks);
    return database
      .prepare(
        `select * from trash join contents using (owner, content_id)
        where owner = owner_id() order by trashed_at desc, content_id`,
      )
      .all()
      .map((row) => ({
        contentId: String(row["content_id"]),
        bytes: Number(row["bytes"]),
        name: String(row["name"]),
        timeLeft: Math.max(0, Number(row["trashed_at"]) + rule.trashTime - time),
        files: JSON.parse(String(row["files"])) as SessionFile[],
      }));
  });
}

/** The copies in the trash whose time is over; see the port. */
export function overdueTrash(store: CopyStore, rule: ExpiryRule): readonly StoredCopy[] {
  return trash(store, rule)
    .filter(({ timeLeft }) => timeLeft === 0)
    .map(({ contentId, name, bytes }) => {
      // One that was taken anew needs no care here: only its row in the trash ends.
      const isLast = isOnlyInTrash(store.database, contentId);
      const files = isLast ? filesShowing(store.database, contentId) : [];
      return { contentId, name, bytes, files };
    });
}

/** Deletes a copy in the trash for good; see the port. */
export function purgeCopy({ database, blobs }: CopyStore, copy: StoredCopy): boolean {
  return database.write(() => {
    if (!trashedFiles(database, copy.contentId)) return false;
    const drop = database.prepare("delete from trash where owner = owner_id() and content_id = ?");
    if (!isOnlyInTrash(database, copy.contentId) || isKeptByAnother(database, copy.contentId)) {
      drop.run(copy.contentId);
      return false;
    }
    if (!sameIds(filesShowing(database, copy.contentId), copy.files)) return false;
    // Within the transaction, so that nobody can begin to rely on the copy in between; and first, because on a full disk
    // only this makes the room that the rest needs.
    rmSync(blobPath(blobs, copy.contentId), { force: true });
    drop.run(copy.contentId);
    return true;
  });
}

/** Takes a copy out of the trash, its session files too; see the port. */
export function restoreCopy({ database, blobs, clocks }: CopyStore, contentId: ContentId): void {
  const isThere = database.write(() => {
    const files = trashedFiles(database, contentId);
    if (!files) return true;
    database
      .prepare("delete from trash where owner = owner_id() and content_id = ?")
      .run(contentId);
    if (!existsSync(blobPath(blobs, contentId))) return false;
    const time = recordTime(database, clocks);
    database
      .prepare(
        "update contents set stored_at = ?1, used_at = ?1 where owner = owner_id() and content_id = ?2",
      )
      .run(time, contentId);
    restoreFiles(
      database,
      files.filter((file) => hasRoomFor(database, file)),
    );
    return true;
  });
  if (isThere) return;
  throw new ContextError(
    "content-missing",
    `The copy ${shortId(contentId)} is not in the store any more, so it cannot be restored`,
  );
}

function trashedFiles(
  database: Database,
  contentId: ContentId,
): readonly SessionFile[] | undefined {
  const row = database
    .prepare("select files from trash where owner = owner_id() and content_id = ?")
    .get(contentId);
  return row && (JSON.parse(String(row["files"])) as SessionFile[]);
}

function isOnlyInTrash(database: Database, contentId: ContentId): boolean {
  const row = database
    .prepare("select stored_at from contents where owner = owner_id() and content_id = ?")
    .get(contentId);
  return row?.["stored_at"] === null;
}

/** True if the file's session is there, and has not taken the same file anew. */
function hasRoomFor(database: Database, file: SessionFile): boolean {
  const row = database
    .prepare(
      `select exists (select 1 from sessions where id = ?1 and owner = owner_id())
        and not exists (select 1 from session_files where session_id = ?1 and uri = ?2 and owner = owner_id()) as room`,
    )
    .get(file.sessionId, file.uri);
  return row?.["room"] === 1;
}

function sameIds(one: readonly SessionFile[], other: readonly SessionFile[]): boolean {
  return one.length === other.length && one.every(({ id }) => other.some((file) => file.id === id));
}
