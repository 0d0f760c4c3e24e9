import { existsSync } from "node:fs";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { retried, type Sqlite } from "../connection.ts";
import { problemIn } from "../problems.ts";
import { readHeader, type DatabaseHeader } from "../database-header.ts";
import type { Database } from "../database.ts";
import type { Row } from "../rows.ts";
import { applicationId, migrations, userVersion } from "../schema.ts";
import { isBusy, newer, storeError } from "../store-errors.ts";
import { isSane } from "./sane-rows.ts";

/** A database that is about to be replaced, as far as it can be read. */
export interface OldDatabase {
  /** True if nothing at all is wrong with it: then nothing of it may get lost. */
  readonly isSound: boolean;
  /** The rows of `owners`; one without a name stands for whoever comes first. Empty where that cannot be read. */
  readonly owners: readonly Row[];
  /** The rows of a table that can be read: from its beginning, and from its end back to where it is damaged. */
  rows(table: Table): Iterable<Row>;
  /** Those of them that say what rows of their table say. */
  saneRows(table: Table): Iterable<Row>;
  /** For statements about the rows of one owner. They throw where the database is damaged; it cannot be written. */
  as(owner: number): Database;
  close(): void;
}

/** A table, and what its rows lie in the order of. */
export interface Table {
  readonly name: string;
  readonly order: string;
}

/** Damage may lead from page to page in circles: no table has more rows than this. */
const mostRows = 1_000_000;

/**
 * Opens the database at `file` to read it, and keeps others from writing to it, as far as both are possible. Undefined if there is
 * none that can be opened. Throws for one that is newer, and for one that another program holds.
 */
export function openOld(file: string, sqlite: Sqlite): OldDatabase | undefined {
  const header = headerOf(file);
  if (!header) return undefined;
  if (header.userVersion > migrations.length) throw newer(file);
  let connection: DatabaseSync;
  try {
    connection = new sqlite.DatabaseSync(file);
  } catch {
    return undefined;
  }
  try {
    const isLocked = lock(connection);
    // The header may lag behind the write-ahead log.
    if (versionIn(connection) > migrations.length) throw newer(file);
    const isSound = isLocked && header.applicationId === applicationId && isWhole(connection);
    return oldDatabase(connection, isSound);
  } catch (error) {
    connection.close();
    throw storeError(error, file);
  }
}

/** The header of the file; undefined if there is none that can be read. */
function headerOf(file: string): DatabaseHeader | undefined {
  try {
    return existsSync(file) ? readHeader(file) : undefined;
  } catch {
    return undefined;
  }
}

/** Takes the lock that writers need, and writes nothing. False if the database is too damaged for locks. */
function lock(connection: DatabaseSync): boolean {
  connection.exec("pragma busy_timeout = 5000");
  try {
    retried(() => connection.exec("begin immediate"));
    connection.exec("pragma query_only = on");
    return true;
  } catch (error) {
    if (isBusy(error)) throw error;
    return false;
  }
}

/** How many migration steps the database has seen; 0 if that cannot be read. */
function versionIn(connection: DatabaseSync): number {
  try {
    return userVersion(connection);
  } catch {
    return 0;
  }
}

function isWhole(connection: DatabaseSync): boolean {
  try {
    return (
      userVersion(connection) === migrations.length &&
      problemIn(connection, migrations) === undefined
    );
  } catch {
    return false;
  }
}

function oldDatabase(connection: DatabaseSync, isSound: boolean): OldDatabase {
  let isOpen = true;
  const rows = (table: Table): Iterable<Row> =>
    isSound ? allRows(connection, table) : readableRows(connection, table);
  function* saneRows(table: Table): Iterable<Row> {
    for (const row of rows(table)) if (isSound || isSane(table.name, row)) yield row;
  }
  return {
    isSound,
    owners: ownersIn(saneRows),
    rows,
    saneRows,
    as: (owner) => readerFor(connection, owner),
    close() {
      if (isOpen) connection.close();
      isOpen = false;
    },
  };
}

/** The owners. If exactly one of them cannot be read any more and has sessions, it comes first and without a name. */
function ownersIn(rows: OldDatabase["saneRows"]): readonly Row[] {
  const owners = [...rows({ name: "owners", order: "id" })];
  const known = new Set(owners.map(({ id }) => id));
  const withSessions = [...rows({ name: "sessions", order: "rowid" })].map((row) => row["owner"]);
  const unknown = [...new Set(withSessions)].filter((id) => !known.has(id));
  const lost = unknown.length === 1 ? unknown.map((id) => ({ id: id ?? null, name: null })) : [];
  return [...lost, ...owners];
}

function* allRows(connection: DatabaseSync, { name, order }: Table): Iterable<Row> {
  yield* connection.prepare(`select * from ${name} order by ${order}`).iterate();
}

function* readableRows(connection: DatabaseSync, { name, order }: Table): Iterable<Row> {
  let count = 0;
  try {
    const all = connection.prepare(`select * from ${name} not indexed order by ${order}`);
    for (const row of all.iterate()) {
      yield row;
      if (++count === mostRows) break;
    }
    return;
  } catch {
    // From here the rows are read from the other end.
  }
  yield* lastRows(connection, { name, order }).toReversed();
}

/** The rows behind the damage, the last one first. */
function lastRows(connection: DatabaseSync, { name, order }: Table): readonly Row[] {
  const found: Row[] = [];
  const backwards = order.replaceAll(/(?=,|$)/gu, " desc");
  try {
    const all = connection.prepare(`select * from ${name} not indexed order by ${backwards}`);
    for (const row of all.iterate()) if (found.push(row) === mostRows) break;
  } catch {
    // What was found is all that can be read.
  }
  return found;
}

function readerFor(connection: DatabaseSync, owner: number): Database {
  connection.function("owner_id", { deterministic: true }, () => owner);
  const prepare = (sql: string): StatementSync => connection.prepare(sql);
  return {
    prepare,
    prepareForAll: prepare,
    read: (work) => work(),
    write: refuse,
    writeQuietly: refuse,
    dataVersion: () => 0,
    close: () => undefined,
  };
}

function refuse(): never {
  throw new Error("an old database is only read");
}
