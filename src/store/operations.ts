import { hostname } from "node:os";
import type { OperationEvent } from "../core/operations/operation.ts";
import type { OperationFilter } from "../core/ports/operation-log.ts";
import type { Database } from "./database.ts";
import type { Columns, Row } from "./rows.ts";
import { insertInto, valuesOf } from "./sql.ts";

/** Where each property of an event lies. */
const columns: Columns<OperationEvent> = {
  id: "id",
  commandId: "command_id",
  kind: "kind",
  event: "event",
  at: "at",
  sessionId: "session_id",
  uri: "uri",
  contentId: "content_id",
  provider: "provider",
  bytes: "bytes",
  attempt: "attempt",
  durationMs: "duration_ms",
  errorCode: "error_code",
};

const insert = insertInto("operations", [...Object.values(columns), "process"]);

/** Rows that the log keeps: about 20 MB, as a row with its places in the indexes takes 500 bytes. */
const maxRows = 40_000;

/** Rows that may be over the limit, so that not every append has to look for old ones. */
const pruneEvery = 1_000;

/** An operation whose process cannot be asked has ended after so many milliseconds. */
const longest = 24 * 3_600_000;

/** Logs events in one transaction and tells nobody; see the port. */
export function append(database: Database, events: readonly OperationEvent[]): void {
  if (events.length > 0) database.writeQuietly(() => appendInTransaction(database, events));
}

/** Logged events, newest first; see the port. */
export function operations(database: Database, filter: OperationFilter): readonly OperationEvent[] {
  const parts = (["id", "uri", "sessionId"] as const).flatMap((key) => {
    const value = filter[key];
    return value === undefined ? [] : [{ condition: `${columns[key]} = ?`, value }];
  });
  const where = ["owner = owner_id()", ...parts.map(({ condition }) => condition)].join(" and ");
  const rows = filter.lastOnly
    ? `sequence in (select max(sequence) from operations where ${where} group by id)`
    : where;
  return database.read(() =>
    database
      .prepare(
        `select * from operations where owner = owner_id() and ${rows} order by sequence desc limit ?`,
      )
      .all(...parts.map(({ value }) => value), filter.limit ?? -1)
      .map(eventOf),
  );
}

/** Ends operations whose process is gone; see the port. */
export function resolveInterrupted(database: Database, now: number): readonly OperationEvent[] {
  return database.writeQuietly(() => {
    const interrupted = unfinished(database)
      .filter((row) => now - Number(row["at"]) > longest || !isAlive(String(row["process"])))
      .map((row) => interruptedAt(eventOf(row), now));
    appendInTransaction(database, interrupted);
    return interrupted;
  });
}

function appendInTransaction(database: Database, events: readonly OperationEvent[]): void {
  const process = thisProcess();
  const statement = database.prepare(insert);
  let last = 0;
  for (const event of events) {
    last = Number(statement.run(...valuesOf(event, columns), process).lastInsertRowid);
  }
  // Sequences are never given twice and leave no gaps, so the last one tells the age of all others.
  if (last % pruneEvery < events.length) prune(database, last - maxRows);
}

/** Removes the events up to a sequence. */
function prune(database: Database, sequence: number): void {
  database
    .prepare("delete from operations where owner = owner_id() and sequence <= ?")
    .run(sequence);
}

/** The beginnings of operations that have no end. */
function unfinished(database: Database): readonly Row[] {
  return database
    .prepare(
      `select * from operations as beginning where owner = owner_id() and event = 'started' and not exists (
        select 1 from operations as ending where ending.id = beginning.id and ending.owner = beginning.owner
          and ending.event in ('completed', 'failed') and ending.uri is beginning.uri
      ) order by sequence`,
    )
    .all();
}

function interruptedAt(beginning: OperationEvent, at: number): OperationEvent {
  return { ...beginning, event: "failed", at, errorCode: "interrupted" };
}

function thisProcess(): string {
  return `${hostname()}:${process.pid}`;
}

/** True for a process of another machine, too: nobody here can tell. */
function isAlive(name: string): boolean {
  const colon = name.lastIndexOf(":");
  if (name.slice(0, colon) !== hostname()) return true;
  try {
    return process.kill(Number(name.slice(colon + 1)), 0);
  } catch (error) {
    // A process that may not be signalled is there.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** The event of a row. What is not known is absent. */
function eventOf(row: Row): OperationEvent {
  const known = Object.entries(columns).flatMap(([key, column]) => {
    const value = row[column];
    return value === null || value === undefined ? [] : [[key, value] as const];
  });
  return Object.fromEntries(known) as unknown as OperationEvent;
}
