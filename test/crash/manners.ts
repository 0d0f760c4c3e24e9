import { readFileSync } from "node:fs";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import * as sqlite from "node:sqlite";
import { createBlobs, type Blobs } from "../../src/store/blobs.ts";
import type { DatabaseOptions } from "../../src/store/database.ts";
import { temporaryPath } from "../../src/store/temporary-files.ts";

/** How a writer treats its store. The first two are ours; the others are planted bugs that a harness must find. */
export type Manner =
  | "careful"
  /** With an SQLite that has the WAL-reset bug, so without a write-ahead log. */
  | "affected"
  /** Acknowledges before it commits. */
  | "hasty"
  /** Does not sync the write-ahead log at each commit. */
  | "normal"
  /** Syncs the rollback journal's bytes and not its removal. */
  | "affected-full"
  /** Renames blobs into their place before their bytes are on the disk. */
  | "unsynced"
  /** Commits each statement by itself. */
  | "piecemeal";

/** How a writer of this manner opens its database. */
export function optionsOf(manner: Manner): DatabaseOptions {
  const sqliteVersion = "3.50.0";
  if (manner === "affected") return { sqliteVersion };
  if (manner === "affected-full") return { sqliteVersion, ...syncing("extra", "full") };
  if (manner === "normal") return syncing("full", "normal");
  if (manner === "piecemeal") return executing((sql) => sql.replace(/^(begin|commit).*/u, ""));
  return {};
}

/** The blobs of a writer of this manner. */
export function blobsOf(manner: Manner, folder: string): Pick<Blobs, "keep"> {
  const blobs = createBlobs(folder);
  if (manner !== "unsynced") return blobs;
  return {
    async keep(contentId, file) {
      const { path } = blobs.fileOf(contentId);
      const temporary = temporaryPath(folder);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(temporary, readFileSync(file.path));
      await rename(temporary, path);
      return true;
    },
  };
}

/** Takes one level of `pragma synchronous` for another. */
function syncing(level: string, weaker: string): DatabaseOptions {
  return executing((sql) => sql.replace(`synchronous = ${level}`, `synchronous = ${weaker}`));
}

/** An SQLite that runs other SQL than it is told to. */
function executing(altered: (sql: string) => string): DatabaseOptions {
  class DatabaseSync extends sqlite.DatabaseSync {
    override exec(sql: string): void {
      super.exec(altered(sql));
    }
  }
  return { sqlite: () => ({ ...sqlite, DatabaseSync }) };
}
