import { existsSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { isContextError } from "../../core/errors.ts";
import type { RebuildReport } from "../../core/ports/upkeep.ts";
import { databaseFile, sqliteOf, type Sqlite } from "../connection.ts";
import { createDatabase, openDatabase, type DatabaseOptions } from "../database.ts";
import { syncFolderNow } from "../new-database.ts";
import { currentUser } from "../owners.ts";
import { readOnly } from "../read-only-registry.ts";
import { identityOf, replaceNow, replacementOf, withRebuildLock } from "../replacement.ts";
import { storeError } from "../store-errors.ts";
import { temporaryPath } from "../temporary-files.ts";
import { assemble } from "./assemble.ts";
import { compare, type Comparison } from "./compare.ts";
import { countBlobs } from "./count-blobs.ts";
import { openOld, type OldDatabase } from "./old-database.ts";

/** What tests put in place of the usual. */
export interface RebuildOptions extends DatabaseOptions {
  /** Called after each step that could be the last. */
  readonly onStep?: (step: string) => void;
}

/**
 * Makes the store's database anew; see the port. No connection of this process may be open.
 *
 * 1. Bring a sound database up to date; whatever is wrong with it is found below.
 * 2. Keep others from writing to it.
 * 3. Fill a new file with what the old one and the saved file contexts tell.
 * 4. Compare. A sound database is not given up for one that holds less.
 * 5. Let the new file, complete and durable, wait under its own name: from here on nobody writes to the old one, and everybody who opens the store goes on
 *    with step 6.
 * 6. Move the old file and its journals to the quarantine, and the new one into its place.
 */
export function rebuildStore(folder: string, options: RebuildOptions = {}): RebuildReport {
  const file = databaseFile(folder);
  const sqlite = sqliteOf(options);
  if (!sqlite) throw readOnly(folder);
  try {
    bringUpToDate(folder, options);
    return withRebuildLock(file, sqlite, () => rebuildLocked(file, sqlite, options));
  } catch (error) {
    throw storeError(error, file);
  }
}

function bringUpToDate(folder: string, options: DatabaseOptions): void {
  try {
    openDatabase(folder, options).close();
  } catch (error) {
    if (!isContextError(error) || error.code === "store-newer") throw error;
  }
}

function rebuildLocked(file: string, sqlite: Sqlite, options: RebuildOptions): RebuildReport {
  const folder = dirname(file);
  const { onStep = () => undefined } = options;
  const temporary = temporaryPath(folder);
  // What an earlier rebuild could not put in its place holds more than can be made now.
  replaceNow(file);
  const old = openOld(file, sqlite);
  onStep("locked");
  try {
    const built = build(temporary, { folder, old, options });
    onStep("built");
    const isReplaced = !old?.isSound || built.lost.length === 0;
    const moved = isReplaced ? replace(file, { temporary, old, onStep }) : undefined;
    const oldDatabase = moved === undefined ? {} : { oldDatabase: `quarantine/${moved}` };
    return { folder, isReplaced, ...oldDatabase, ...built };
  } finally {
    // Only now: closing it any earlier would write to it.
    old?.close();
    for (const suffix of ["", "-wal", "-shm", "-journal"]) {
      rmSync(`${temporary}${suffix}`, { force: true });
    }
  }
}

interface Materials {
  readonly folder: string;
  readonly old: OldDatabase | undefined;
  readonly options: RebuildOptions;
}

/** Fills the new file, and says what it holds. */
function build(
  temporary: string,
  { folder, old, options }: Materials,
): Comparison & Pick<RebuildReport, "copies" | "unreadable"> {
  const { onCommit: _, ...connecting } = options;
  const created = createDatabase(temporary, connecting);
  try {
    const owner = options.owner ?? currentUser();
    const sources = assemble(created, { folder, old, owner });
    const copies = countBlobs(created, folder);
    const { unreadable } = sources;
    return { ...compare(created, sources, old), copies, unreadable };
  } finally {
    created.close();
  }
}

interface Replacing {
  readonly temporary: string;
  readonly old: OldDatabase | undefined;
  readonly onStep: (step: string) => void;
}

function replace(file: string, { temporary, old, onStep }: Replacing): string | undefined {
  if (existsSync(`${temporary}-wal`)) throw new Error("the new database is not in one file");
  const before = identityOf(file);
  renameSync(temporary, replacementOf(file));
  syncFolderNow(dirname(file));
  onStep("ready");
  // Windows renames no file that is open. Nobody writes to it any more.
  if (process.platform === "win32") old?.close();
  try {
    return replaceNow(file, onStep);
  } catch (error) {
    // As long as the old file is in its place, it is the store: then the new one must not wait.
    const isInPlace = before !== undefined && identityOf(file) === before;
    if (isInPlace) renameSync(replacementOf(file), temporary);
    throw error;
  }
}
