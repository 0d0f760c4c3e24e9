import {
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  rmSync,
} from "node:fs";
import { dirname } from "node:path";
import type * as SqliteModule from "node:sqlite";
import { migrate } from "./schema.ts";
import type { Journal } from "./sqlite-version.ts";
import { damaged, errnoOf } from "./store-errors.ts";
import { temporaryPath } from "./temporary-files.ts";

/** How a database comes into being. */
export interface NewDatabase {
  readonly sqlite: typeof SqliteModule;
  readonly journal: Journal;
  readonly migrations: readonly string[];
}

/**
 * Creates the database unless it is there. It appears complete or not at all, so a file of no bytes is always a damaged one.
 * Of several processes that do this at once, one file wins.
 */
export function createIfAbsent(file: string, options: NewDatabase): void {
  // In this order: another process creates the file before its journal.
  const hasJournal = existsSync(`${file}-wal`) || existsSync(`${file}-journal`);
  if (existsSync(file)) return;
  // A journal without its file holds committed rows, and SQLite would replay them into a new database.
  if (hasJournal) throw damaged(file);
  const temporary = temporaryPath(dirname(file));
  try {
    build(temporary, options);
    publish(temporary, file);
  } finally {
    rmSync(temporary, { force: true });
  }
  syncFolderNow(dirname(file));
}

function build(temporary: string, { sqlite, journal, migrations }: NewDatabase): void {
  closeSync(openSync(temporary, "wx", 0o600));
  const connection = new sqlite.DatabaseSync(temporary);
  try {
    connection.exec("pragma synchronous = full; begin immediate");
    migrate(connection, migrations);
    connection.exec("commit");
    connection.exec(`pragma journal_mode = ${journal}`);
  } finally {
    connection.close();
  }
}

function publish(temporary: string, file: string): void {
  try {
    linkSync(temporary, file);
  } catch (error) {
    if (errnoOf(error) === "EEXIST") return;
    copyUnlessThere(temporary, file);
  }
}

// For file systems without hard links, such as FAT.
function copyUnlessThere(temporary: string, file: string): void {
  try {
    copyFileSync(temporary, file, constants.COPYFILE_EXCL);
  } catch (error) {
    if (errnoOf(error) !== "EEXIST") throw error;
  }
}

/** Makes the names in a folder survive a power cut. */
export function syncFolderNow(folder: string): void {
  // Windows cannot sync a folder; its file systems journal the names.
  if (process.platform === "win32") return;
  const descriptor = openSync(folder, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
