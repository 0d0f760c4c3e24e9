import { statSync } from "node:fs";
import { join } from "node:path";
import type { RebuildReport } from "../../core/ports/upkeep.ts";
import { blobPath } from "../blobs.ts";
import type { Database } from "../database.ts";
import { findBlobs } from "./blobs-on-disk.ts";

/** Makes the rows of a new database say which blobs lie below `folder`: a blob without a time was stored when its file was written. */
export function countBlobs(made: Database, folder: string): RebuildReport["copies"] {
  const blobs = join(folder, "blobs");
  return made.write(() => {
    const set = made.prepare(
      "update contents set stored_at = ?1, used_at = coalesce(used_at, ?1) where owner = owner_id() and content_id = ?2",
    );
    for (const row of uncertain(made)) {
      const contentId = String(row["content_id"]);
      const stats = statSync(blobPath(blobs, contentId), { throwIfNoEntry: false });
      const storedAt = stats?.isFile() ? Math.floor(stats.mtimeMs) : null;
      if ((storedAt === null) !== (row["stored_at"] === null)) set.run(storedAt, contentId);
    }
    const known = new Set(
      made
        .prepareForAll("select content_id from contents")
        .all()
        .map((row) => row["content_id"]),
    );
    const unknown = findBlobs(blobs).contentIds.filter((id) => !known.has(id)).length;
    return { stored: stored(made), unknown };
  });
}

/** The contents of ours that may have a blob and are not in the trash. */
function uncertain(made: Database): readonly Record<string, unknown>[] {
  return made
    .prepare(
      `select content_id, stored_at from contents where owner = owner_id()
        and content_id not in (select content_id from trash where owner = owner_id())`,
    )
    .all();
}

function stored(made: Database): number {
  const row = made
    .prepare(
      "select count(*) as count from contents where owner = owner_id() and stored_at is not null",
    )
    .get();
  return Number(row?.["count"]);
}
