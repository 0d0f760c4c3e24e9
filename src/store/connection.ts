import { mkdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type * as SqliteModule from "node:sqlite";
import type { DatabaseSync } from "node:sqlite";
import { readHeader } from "./database-header.ts";
import { isOnNetwork } from "./network-file-system.ts";
import { createIfAbsent } from "./new-database.ts";
import { actFor, currentUser } from "./owners.ts";
import { problemIn } from "./problems.ts";
import {
  identityOf,
  installReplacement,
  isCurrent,
  requireCurrent,
  untilCurrent,
} from "./replacement.ts";
import { hasSavedSessions } from "./saved-sessions.ts";
import { applicationId, migrate, migrations as ourMigrations, userVersion } from "./schema.ts";
import { hasWalResetBug, type Journal } from "./sqlite-version.ts";
import { damaged, isBusy, lost, newer, storeError, unavailable } from "./store-errors.ts";

export type Sqlite = typeof SqliteModule;

/** What tests and later versions put in place of the usual. */
export interface ConnectionOptions {
  /** Finds SQLite; undefined if this runtime has none. */
  readonly sqlite?: () => Sqlite | undefined;
  readonly sqliteVersion?: string;
  readonly migrations?: readonly string[];
  /** Whose rows are seen and written; the user of this machine if it is left out. */
  readonly owner?: string;
  /** True for a folder that other machines can reach. */
  readonly isOnNetwork?: (folder: string) => boolean;
}

/** A connection to the database that a path led to when it was opened. */
export interface Connection {
  readonly connection: DatabaseSync;
  /** True while the path still leads to that database, and no other is about to take its place. */
  isCurrent(): boolean;
  /** Throws for `untilCurrent` unless `isCurrent`. */
  requireCurrent(): void;
}

/** The database in a store's folder. */
export function databaseFile(folder: string): string {
  return join(folder, "registry.sqlite");
}

/** The SQLite of this runtime; undefined if it has none. */
export function sqliteOf(options: ConnectionOptions): Sqlite | undefined {
  return (options.sqlite ?? (() => process.getBuiltinModule?.("node:sqlite")))();
}

/** Connects to the store's database and creates it if it is not there. A file that is damaged or newer is left as it is. */
export function openStore(folder: string, options: ConnectionOptions): Connection {
  const file = databaseFile(folder);
  const sqlite = requireSqlite(file, options);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return untilCurrent(file, () => {
      installReplacement(file, sqlite);
      const before = identityOf(file);
      if (before === undefined && hasSavedSessions(folder)) throw lost(file);
      try {
        return openFile(file, options);
      } catch (error) {
        // What is wrong may have been wrong with the file that was there a moment ago.
        if (before !== undefined) requireCurrent(file, before);
        throw error;
      }
    });
  } catch (error) {
    throw storeError(error, file);
  }
}

/** Connects to the database at `file`, and creates it if it is not there. */
export function openFile(file: string, options: ConnectionOptions): Connection {
  const sqlite = requireSqlite(file, options);
  const steps = options.migrations ?? ourMigrations;
  const safety = safetyOf(dirname(file), sqlite, options);
  createIfAbsent(file, { sqlite, journal: safety.journal, migrations: steps });
  checkHeader(file, steps.length);
  const identity = identityOf(file);
  const opened = (connection: DatabaseSync): Connection => ({
    connection,
    isCurrent: () => isCurrent(file, identity),
    requireCurrent: () => requireCurrent(file, identity),
  });
  const owner = options.owner ?? currentUser();
  const hasLog = (statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
  return retried(() => {
    const database = opened(new sqlite.DatabaseSync(file));
    try {
      prepareConnection(database, file, { safety, steps, owner });
      return database;
    } catch (error) {
      const openToRead = () => new sqlite.DatabaseSync(file, { readOnly: true });
      closeUntouched(database.connection, hasLog ? openToRead : undefined);
      throw error;
    }
  });
}

/**
 * Closes a connection that nothing was written with. When the last connection ends, SQLite puts the write-ahead log into the database, which may be
 * damaged and is to stay as it is; so where there is a log, the last one is one that cannot write.
 */
function closeUntouched(connection: DatabaseSync, openToRead?: () => DatabaseSync): void {
  let last: DatabaseSync | undefined;
  try {
    last = openToRead?.();
    last?.prepare("pragma schema_version").get();
  } catch {
    // What cannot even be opened has no log that could be put into it.
  }
  connection.close();
  last?.close();
}

function requireSqlite(file: string, options: ConnectionOptions): Sqlite {
  const sqlite = sqliteOf(options);
  if (sqlite) return sqlite;
  throw unavailable(
    `This program has no built-in SQLite, so Satchel's store ${file} cannot be opened: update VS Code, or Node.js to 22.13 or later`,
  );
}

/** How commits reach the disk, and what speaks against a write-ahead log if anything does. */
interface Safety {
  readonly journal: Journal;
  readonly danger?: "network" | "bug";
}

function safetyOf(folder: string, sqlite: Sqlite, options: ConnectionOptions): Safety {
  // The machines of a network do not share the memory through which users of a write-ahead log meet: https://sqlite.org/wal.html
  if ((options.isOnNetwork ?? isOnNetwork)(folder)) return { journal: "delete", danger: "network" };
  const isAffected = hasWalResetBug(options.sqliteVersion ?? versionOf(sqlite));
  return isAffected ? { journal: "delete", danger: "bug" } : { journal: "wal" };
}

function versionOf(sqlite: Sqlite): string {
  const connection = new sqlite.DatabaseSync(":memory:");
  try {
    return String(connection.prepare("select sqlite_version() as version").get()?.["version"]);
  } finally {
    connection.close();
  }
}

function checkHeader(file: string, knownVersion: number): void {
  const header = readHeader(file);
  if (!header || header.applicationId !== applicationId) throw damaged(file);
  if (header.userVersion > knownVersion) throw newer(file);
}

interface Preparation {
  readonly safety: Safety;
  readonly steps: readonly string[];
  readonly owner: string;
}

function prepareConnection(
  database: Connection,
  file: string,
  { safety, steps, owner }: Preparation,
): void {
  const { connection } = database;
  connection.exec("pragma busy_timeout = 5000; pragma foreign_keys = on");
  // The header may lag behind the write-ahead log.
  if (userVersion(connection) > steps.length) throw newer(file);
  const problem = problemIn(connection, steps);
  if (problem !== undefined) throw damaged(file, new Error(problem));
  database.requireCurrent();
  secure(connection, file, safety);
  transact(connection, "begin immediate", () => {
    database.requireCurrent();
    migrate(connection, steps);
    // Older schemas, which only tests still open, have no owners.
    if (steps.length > 1) actFor(connection, owner);
  });
}

/** Sets how a commit reaches the disk. */
function secure(connection: DatabaseSync, file: string, { journal, danger }: Safety): void {
  const actual = journalMode(connection, "pragma journal_mode");
  // A store stays with its rollback journal: a window whose SQLite has the bug may be using it at this moment.
  if (actual === "wal" && danger) leaveWal(connection, file, danger);
  // Without a write-ahead log FULL can lose the last commit in a power cut: the journal's removal is not synced.
  const level = actual === "wal" && journal === "wal" ? "full" : "extra";
  // On macOS a plain fsync leaves the data in the drive's cache; elsewhere this changes nothing.
  connection.exec(`pragma synchronous = ${level}; pragma fullfsync = on`);
}

function leaveWal(connection: DatabaseSync, file: string, danger: "network" | "bug"): void {
  try {
    if (journalMode(connection, "pragma journal_mode = delete") === "delete") return;
  } catch (error) {
    if (!isBusy(error)) throw error;
  }
  throw unavailable(
    danger === "bug"
      ? `Satchel's store ${file} is in use by a newer VS Code, and this one's SQLite could damage it: close the other windows or update this VS Code`
      : `Satchel's store ${file} lies on a network drive, where the way in which another window uses it could damage it: close the other windows and try again`,
  );
}

function journalMode(connection: DatabaseSync, pragma: string): string {
  return String(connection.prepare(pragma).get()?.["journal_mode"]);
}

/** Runs the work in a transaction. */
export function transact<T>(connection: DatabaseSync, begin: string, work: () => T): T {
  connection.exec(begin);
  try {
    const value = work();
    connection.exec("commit");
    return value;
  } catch (error) {
    // Some failures end the transaction by themselves; then there is nothing to roll back.
    try {
      connection.exec("rollback");
    } catch {}
    throw error;
  }
}

/** How long a transaction waits for other windows before it gives up, in milliseconds. */
const patienceMs = 30_000;

/** Runs the work again while other windows are in its way, for as long as `patienceMs`. It must leave nothing behind when it fails. */
export function retried<T>(work: () => T): T {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    try {
      return work();
    } catch (error) {
      if (!isBusy(error) || performance.now() > deadline) throw error;
    }
    // SQLite has waited before it said busy, except where waiting could never help: then this keeps the loop from spinning.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5 + Math.random() * 20);
  }
}
