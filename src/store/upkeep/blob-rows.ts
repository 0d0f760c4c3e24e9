import { statSync } from "node:fs";
import { join } from "node:path";
import type { ContentId } from "../../core/files/content.ts";
import type { Database } from "../database.ts";
import { wayToBlob } from "./fault-path.ts";

/** True if the blob of a content is there, whole or not. */
export function hasBlob(folder: string, contentId: ContentId): boolean {
  return statSync(join(folder, wayToBlob(contentId)), { throwIfNoEntry: false })?.isFile() ?? false;
}

/** The contents of ours whose blob should be there, in use or in the trash, and is not. */
export function missingBlobs(folder: string, database: Database): readonly ContentId[] {
  return database
    .prepare(
      `select content_id from contents where owner = owner_id() and (stored_at is not null
        or content_id in (select content_id from trash where owner = owner_id()))`,
    )
    .all()
    .map((row) => String(row["content_id"]))
    .filter((contentId) => !hasBlob(folder, contentId));
}

/** Those of the contents that no row of anybody knows. */
export function unknownBlobs(
  database: Database,
  contentIds: readonly ContentId[],
): readonly ContentId[] {
  if (contentIds.length === 0) return [];
  const known = new Set(
    database
      .prepareForAll("select content_id from contents")
      .all()
      .map((row) => String(row["content_id"])),
  );
  return contentIds.filter((contentId) => !known.has(contentId));
}

/** Those of the contents that we know, and whose blob nobody counts as stored or as trash. */
export function uncountedBlobs(
  database: Database,
  contentIds: readonly ContentId[],
): readonly ContentId[] {
  const find = database.prepare(
    `select 1 from contents where owner = owner_id() and content_id = ?1 and stored_at is null`,
  );
  const known = contentIds.filter((contentId) => find.get(contentId));
  if (known.length === 0) return [];
  const counted = new Set(
    database
      .prepareForAll(
        "select content_id from contents where stored_at is not null union select content_id from trash",
      )
      .all()
      .map((row) => String(row["content_id"])),
  );
  return known.filter((contentId) => !counted.has(contentId));
}
