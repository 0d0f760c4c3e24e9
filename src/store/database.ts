import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type * as SqliteModule from "node:sqlite";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { readHeader } from "./database-header.ts";
import { createIfAbsent } from "./new-database.ts";
import { actFor, currentUser, requireOwner } from "./owners.ts";
import { applicationId, migrate, migrations as ourMigrations, userVersion } from "./schema.ts";
import { hasWalResetBug, type Journal } from "./sqlite-version.ts";
import { damaged, isBusy, newer, storeError, unavailable } from "./store-errors.ts";

/** One connection to the registry's database. Work inside of work belongs to the same transaction. Failures reach the caller as `ContextError`; defects as they are. */
export interface Database {
  /** The statement for this text, prepared once. It must keep to the rows of its owner, by `owner = owner_id()`. */
  prepare(sql: string): StatementSync;
  /** A statement of upkeep that looks at the rows of all owners, and tells nothing of them but whether there are any. */
  prepareForAll(sql: string): StatementSync;
  /** Runs `work` on one state of the database. */
  read<T>(work: () => T): T;
  /** Runs `work` in a transaction that is committed durably on return, and undone if `work` throws. */
  write<T>(work: () => T): T;
  /** A number that is another one after another connection has committed. */
  dataVersion(): number;
  close(): void;
}

type Sqlite = typeof SqliteModule;

/** What tests and later versions put in place of the usual. */
export interface DatabaseOptions {
  /** Finds SQLite; undefined if this runtime has none. */
  readonly sqlite?: () => Sqlite | undefined;
  readonly sqliteVersion?: string;
  readonly migrations?: readonly string[];
  /** Whose rows are seen and written; the user of this machine if it is left out. */
  readonly owner?: string;
  /** Called after each commit that changed a row. */
  readonly onCommit?: () => void;
}

/** How long a transaction waits for other windows before it gives up, in milliseconds. */
const patienceMs = 30_000;

/** Opens `registry.sqlite` in `folder`, and creates both if they are not there. A file that is damaged or newer is left as it is. */
export function openDatabase(folder: string, options: DatabaseOptions = {}): Database {
  const file = join(folder, "registry.sqlite");
  const sqlite = (options.sqlite ?? builtInSqlite)();
  if (!sqlite) {
    throw unavailable(
      `This program has no built-in SQLite, so Satchel's store ${file} cannot be opened: update VS Code, or Node.js to 22.13 or later`,
    );
  }
  const steps = options.migrations ?? ourMigrations;
  const journal = hasWalResetBug(options.sqliteVersion ?? versionOf(sqlite)) ? "delete" : "wal";
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    createIfAbsent(file, { sqlite, journal, migrations: steps });
    checkHeader(file, steps.length);
    const connection = retried(() =>
      connect(sqlite, file, { journal, steps, owner: options.owner ?? currentUser() }),
    );
    return databaseOn(connection, file, options.onCommit);
  } catch (error) {
    throw storeError(error, file);
  }
}

function builtInSqlite(): Sqlite | undefined {
  return process.getBuiltinModule?.("node:sqlite");
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

function connect(
  sqlite: Sqlite,
  file: string,
  { journal, steps, owner }: { journal: Journal; steps: readonly string[]; owner: string },
): DatabaseSync {
  const connection = new sqlite.DatabaseSync(file);
  try {
    connection.exec("pragma busy_timeout = 5000; pragma foreign_keys = on");
    // The header may lag behind the write-ahead log.
    if (userVersion(connection) > steps.length) throw newer(file);
    if (connection.prepare("pragma quick_check(1)").get()?.["quick_check"] !== "ok") {
      throw damaged(file);
    }
    secure(connection, file, journal);
    transact(connection, "begin immediate", () => {
      migrate(connection, steps);
      // Older schemas, which only tests still open, have no owners.
      if (steps.length > 1) actFor(connection, owner);
    });
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** Sets how a commit reaches the disk. */
function secure(connection: DatabaseSync, file: string, wanted: Journal): void {
  const actual = journalMode(connection, "pragma journal_mode");
  // A store stays with its rollback journal: a window whose SQLite has the bug may be using it at this moment.
  if (actual === "wal" && wanted === "delete") leaveWal(connection, file);
  // Without a write-ahead log FULL can lose the last commit in a power cut: the journal's removal is not synced.
  const level = actual === "wal" && wanted === "wal" ? "full" : "extra";
  // On macOS a plain fsync leaves the data in the drive's cache; elsewhere this changes nothing.
  connection.exec(`pragma synchronous = ${level}; pragma fullfsync = on`);
}

function leaveWal(connection: DatabaseSync, file: string): void {
  try {
    if (journalMode(connection, "pragma journal_mode = delete") === "delete") return;
  } catch (error) {
    if (!isBusy(error)) throw error;
  }
  throw unavailable(
    `Satchel's store ${file} is in use by a newer VS Code, and this one's SQLite could damage it: close the other windows or update this VS Code`,
  );
}

function journalMode(connection: DatabaseSync, pragma: string): string {
  return String(connection.prepare(pragma).get()?.["journal_mode"]);
}

function databaseOn(connection: DatabaseSync, file: string, onCommit?: () => void): Database {
  const statements = new Map<string, StatementSync>();
  let isInTransaction = false;
  const run = <T>(begin: string, work: () => T): T => {
    if (isInTransaction) return work();
    isInTransaction = true;
    try {
      return retried(() => transact(connection, begin, work));
    } catch (error) {
      throw storeError(error, file);
    } finally {
      isInTransaction = false;
    }
  };
  const prepare = (sql: string): StatementSync => {
    const known = statements.get(sql);
    if (known) return known;
    const statement = connection.prepare(sql);
    statements.set(sql, statement);
    return statement;
  };
  const count = (sql: string): number => Number(Object.values(prepare(sql).get() ?? {})[0]);
  return {
    prepare(sql) {
      requireOwner(sql);
      return prepare(sql);
    },
    prepareForAll: prepare,
    read: (work) => run("begin", work),
    write(work) {
      const before = count("select total_changes()");
      const value = run("begin immediate", work);
      if (count("select total_changes()") !== before) onCommit?.();
      return value;
    },
    dataVersion: () => count("pragma data_version"),
    close: () => connection.close(),
  };
}

function transact<T>(connection: DatabaseSync, begin: string, work: () => T): T {
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

/** Runs the work again while other windows are in its way, for as long as `patienceMs`. It must leave nothing behind when it fails. */
function retried<T>(work: () => T): T {
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
