import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type {
  MendedFault,
  MendReport,
  StoreFault,
  StoreFaultKind,
} from "../../core/ports/upkeep.ts";
import { createContextWriter } from "../context-writer.ts";
import { useCopies } from "../copies.ts";
import { moveToQuarantine, quarantineFolder } from "../quarantine.ts";
import { errnoOf } from "../store-errors.ts";
import type { CopyStore } from "../stored-copy.ts";
import { contextFaultOf } from "./check-contexts.ts";
import { isOld } from "./check-files.ts";
import { hasBlob, missingBlobs, uncountedBlobs, unknownBlobs } from "./blob-rows.ts";
import { contentIdAt, sessionIdAt } from "./fault-path.ts";
import { isOfLedger, mendLedger } from "./ledger.ts";

/**
 * Mends what rows and files have wrong between them. Each fault is looked at again first, under the lock of the database where something could change
 * meanwhile. `moved` are contents whose damaged blobs lie in the quarantine by now.
 */
export function mendRows(
  folder: string,
  store: CopyStore,
  { faults, moved }: { faults: readonly StoreFault[]; moved: readonly StoreFault[] },
): MendReport {
  for (const fault of moved) forgetMissing(folder, store, fault);
  const mended: MendedFault[] = [];
  const left: StoreFault[] = [];
  for (const fault of faults) {
    const done = tried(() => mends[fault.kind]?.(folder, store, fault));
    if (done === undefined) left.push(fault);
    else mended.push({ fault, done });
  }
  return { mended, left };
}

function tried(work: () => string | undefined): string | undefined {
  try {
    return work();
  } catch (error) {
    // What the system refuses is left.
    if (errnoOf(error) === undefined) throw error;
    return undefined;
  }
}

type Mend = (folder: string, store: CopyStore, fault: StoreFault) => string | undefined;

/** What is done about faults of a kind. The others are left. */
const mends: Partial<Record<StoreFaultKind, Mend>> = {
  "database-damaged": (_, { database }, fault) =>
    isOfLedger(fault) ? mendLedger(database) : undefined,
  "copy-missing": forgetMissing,
  "copy-unknown": removeUnknown,
  "copy-uncounted": countAgain,
  "context-behind": writeContext,
  "context-damaged": writeContext,
};

/** Lets a content stand without the blob that is gone. What lies in the trash without a blob stays there, for the next sweep. */
function forgetMissing(
  folder: string,
  { database }: CopyStore,
  { path = "" }: StoreFault,
): string | undefined {
  const contentId = contentIdAt(path);
  if (!contentId || hasBlob(folder, contentId)) return undefined;
  return database.write(() => {
    // The blob is one for all owners.
    const { changes } = database
      .prepareForAll(
        "update contents set stored_at = null where content_id = ? and stored_at is not null",
      )
      .run(contentId);
    const isTrash = missingBlobs(folder, database).includes(contentId);
    return changes === 0 || isTrash ? undefined : "no longer counted as stored";
  });
}

/** Deletes a blob that nobody knows, unless a database in the quarantine may still know it. */
function removeUnknown(
  folder: string,
  { database }: CopyStore,
  { path = "" }: StoreFault,
): string | undefined {
  const contentId = contentIdAt(path);
  if (!contentId || hasQuarantinedDatabase(folder)) return undefined;
  const file = join(folder, path);
  return database.write(() => {
    const stats = statSync(file, { throwIfNoEntry: false });
    const isUnknown = unknownBlobs(database, [contentId]).length > 0;
    if (!isUnknown || !stats || !isOld(stats, Date.now())) return undefined;
    rmSync(file);
    return "deleted";
  });
}

function hasQuarantinedDatabase(folder: string): boolean {
  const quarantine = quarantineFolder(folder);
  return existsSync(quarantine) && readdirSync(quarantine).some((name) => name.endsWith(".sqlite"));
}

function countAgain(
  folder: string,
  store: CopyStore,
  { path = "" }: StoreFault,
): string | undefined {
  const contentId = contentIdAt(path);
  if (!contentId || !hasBlob(folder, contentId)) return undefined;
  return store.database.write(() => {
    if (uncountedBlobs(store.database, [contentId]).length === 0) return undefined;
    useCopies(store, [contentId], "send");
    return "counted as stored from now on";
  });
}

function writeContext(
  folder: string,
  { database }: CopyStore,
  { path = "" }: StoreFault,
): string | undefined {
  const id = sessionIdAt(path);
  const row =
    id &&
    database.prepare("select revision from sessions where id = ? and owner = owner_id()").get(id);
  if (!row) return undefined;
  const fault = contextFaultOf(folder, id, Number(row["revision"]));
  if (fault === "context-damaged") {
    moveToQuarantine(folder, join(folder, path), `file_context-${id}.json`);
  }
  // One that remembers nothing looks at every file.
  if (fault) createContextWriter(folder, () => database).flush();
  const isMended = fault && contextFaultOf(folder, id, Number(row["revision"])) === undefined;
  return isMended ? "written anew" : undefined;
}
