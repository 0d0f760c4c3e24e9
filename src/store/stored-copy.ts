import { shortId, type ContentId } from "../core/files/content.ts";
import type { StoredCopy } from "../core/ports/copies.ts";
import { nameOf, type SessionFile } from "../core/session/session.ts";
import type { Clocks } from "./clock.ts";
import type { Database } from "./database.ts";
import { sessionFileOf } from "./rows.ts";

/** What the bookkeeping of copies works with. */
export interface CopyStore {
  readonly database: Database;
  /** The folder of the blobs. */
  readonly blobs: string;
  readonly clocks: Clocks;
}

/** A copy with the session files that show its content. */
export function copyOf(database: Database, contentId: ContentId): StoredCopy {
  const files = filesShowing(database, contentId);
  const content = database
    .prepare("select bytes from contents where owner = owner_id() and content_id = ?")
    .get(contentId);
  const upload = database
    .prepare(
      "select remote_name from provider_files where owner = owner_id() and content_id = ? limit 1",
    )
    .get(contentId);
  const [file] = files;
  const name = file ? nameOf(file.uri) : String(upload?.["remote_name"] ?? shortId(contentId));
  return { contentId, bytes: Number(content?.["bytes"] ?? 0), name, files };
}

/** The session files whose content this is now. */
export function filesShowing(database: Database, contentId: ContentId): readonly SessionFile[] {
  return database
    .prepare("select * from session_files where owner = owner_id() and content_id = ? order by id")
    .all(contentId)
    .map(sessionFileOf);
}

/** Lets the content stand without a copy. */
export function forgetCopy(database: Database, contentId: ContentId): void {
  database
    .prepare("update contents set stored_at = null where owner = owner_id() and content_id = ?")
    .run(contentId);
}

/** True if another owner keeps a copy of the content, in use or in the trash: the blob is one for all. */
export function isKeptByAnother(database: Database, contentId: ContentId): boolean {
  const row = database
    .prepareForAll(
      `select exists (
          select 1 from contents where content_id = ?1 and owner <> owner_id() and stored_at is not null)
        or exists (select 1 from trash where content_id = ?1 and owner <> owner_id()) as kept`,
    )
    .get(contentId);
  return row?.["kept"] === 1;
}
