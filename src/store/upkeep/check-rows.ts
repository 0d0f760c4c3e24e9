import { existsSync } from "node:fs";
import { isContextError } from "../../core/errors.ts";
import { shortId, type ContentId } from "../../core/files/content.ts";
import { uploadLease } from "../../core/files/upload-parts.ts";
import type { StoreFault } from "../../core/ports/upkeep.ts";
import { nameOf } from "../../core/session/session.ts";
import { databaseFile } from "../connection.ts";
import type { Database } from "../database.ts";
import { replacementOf } from "../replacement.ts";
import { hasSavedSessions } from "../saved-sessions.ts";
import { lost } from "../store-errors.ts";
import type { FileReport } from "./check-files.ts";
import { contextFaults } from "./check-contexts.ts";
import { wayToBlob } from "./fault-path.ts";
import { ledgerFaults } from "./ledger.ts";
import { missingBlobs, uncountedBlobs, unknownBlobs } from "./blob-rows.ts";

/** What the rows of a store tell, together with its files. */
export interface RowReport {
  readonly faults: readonly StoreFault[];
  /** Why the database could not be asked; undefined if it could. */
  readonly unavailable?: string | undefined;
  /** Sessions of ours. */
  readonly sessions: number;
}

/** What the files told. */
export type FoundFiles = Pick<FileReport, "settled" | "damaged">;

/** Compares the rows of the store in `folder`, on the connection that `open` gives, with each other and with its files. Changes nothing. */
export function checkRows(folder: string, open: () => Database, found: FoundFiles): RowReport {
  const file = databaseFile(folder);
  const isThere = existsSync(file) || existsSync(replacementOf(file));
  if (!isThere && !hasSavedSessions(folder)) return { faults: damagedBlobs(found), sessions: 0 };
  if (!isThere) return unanswered(found, lost(file), "database-missing");
  try {
    const database = open();
    return database.read(() => compareAll(folder, database, found));
  } catch (error) {
    return unanswered(found, error);
  }
}

/** The report of a store whose database cannot be asked for this reason. */
export function unanswered(
  found: FoundFiles,
  reason: unknown,
  kind: StoreFault["kind"] = "database-damaged",
): RowReport {
  if (!isContextError(reason)) throw reason;
  const { code, message, cause } = reason;
  const detail = cause instanceof Error ? cause.message : undefined;
  const fault = { kind, path: "registry.sqlite", names: [], detail };
  return {
    faults: [...(code === "store-damaged" ? [fault] : []), ...damagedBlobs(found)],
    unavailable: message,
    sessions: 0,
  };
}

function compareAll(folder: string, database: Database, found: FoundFiles): RowReport {
  const blobFault = (kind: StoreFault["kind"]) => (contentId: ContentId) => ({
    kind,
    path: wayToBlob(contentId),
    names: namesOf(database, contentId),
  });
  const { sessions, faults } = contextFaults(folder, database);
  return {
    sessions,
    faults: [
      ...integrityFaults(database),
      ...referenceFaults(database),
      ...ledgerFaults(database),
      ...damagedBlobs(found, database),
      ...missingBlobs(folder, database).map(blobFault("copy-missing")),
      ...unknownBlobs(database, found.settled).map(blobFault("copy-unknown")),
      ...uncountedBlobs(database, found.settled).map(blobFault("copy-uncounted")),
      ...stuckUploads(database, Date.now()),
      ...faults,
    ],
  };
}

function integrityFaults(database: Database): readonly StoreFault[] {
  const problems = database
    .prepareForAll("pragma integrity_check(10)")
    .all()
    .map((row) => String(row["integrity_check"]));
  if (problems.join() === "ok") return [];
  const detail = problems.join("; ");
  return [{ kind: "database-damaged", path: "registry.sqlite", names: [], detail }];
}

function referenceFaults(database: Database): readonly StoreFault[] {
  const broken = database.prepareForAll("pragma foreign_key_check").all();
  const byTables = Map.groupBy(
    broken,
    (row) => `${String(row["table"])} → ${String(row["parent"])}`,
  );
  return [...byTables].map(([tables, rows]) => ({
    kind: "reference-missing",
    path: "registry.sqlite",
    names: [],
    detail: `${tables}: ${rows.length}`,
  }));
}

function damagedBlobs({ damaged }: FoundFiles, database?: Database): readonly StoreFault[] {
  return damaged.map(({ contentId, detail }) => ({
    kind: "copy-damaged",
    path: wayToBlob(contentId),
    names: database ? namesOf(database, contentId) : [],
    detail,
  }));
}

function stuckUploads(database: Database, now: number): readonly StoreFault[] {
  return database
    .prepare(
      `select remote_name, provider from provider_files
      where owner = owner_id() and state in ('planned', 'sending') and started_at < ? order by started_at`,
    )
    .all(now - uploadLease)
    .map((row) => ({
      kind: "upload-stuck",
      names: [String(row["remote_name"])],
      detail: String(row["provider"]),
    }));
}

/** The names that this user knows a content by. */
function namesOf(database: Database, contentId: ContentId): readonly string[] {
  const files = database
    .prepare(
      "select uri from session_files where owner = owner_id() and content_id = ? order by rowid",
    )
    .all(contentId)
    .map((row) => nameOf(String(row["uri"])));
  const trashed = database
    .prepare("select name from trash where owner = owner_id() and content_id = ?")
    .all(contentId)
    .map((row) => String(row["name"]));
  const names = [...new Set([...files, ...trashed])];
  return names.length > 0 ? names : [shortId(contentId)];
}
