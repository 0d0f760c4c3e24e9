import { closeSync, existsSync, openSync, renameSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type * as SqliteModule from "node:sqlite";
import type { ContextError } from "../core/errors.ts";
import { syncFolderNow } from "./new-database.ts";
import { moveToQuarantine, quarantineFolder, stampOf } from "./quarantine.ts";
import { errnoOf, isBusy, unavailable } from "./store-errors.ts";

/** What lies beside a database: its rows may be in any of these files. */
const suffixes = ["", "-wal", "-shm", "-journal"];

/** How long other windows may take to replace a database, in milliseconds. */
const patienceMs = 30_000;

/**
 * Where a database waits that was made anew, complete and durable, to take the place of `file`. From the moment that it is there nothing is written to
 * `file` any more, and whoever opens the store puts it in its place first: so a store is never half replaced, wherever a process dies.
 */
export function replacementOf(file: string): string {
  return join(dirname(file), "registry-rebuilt.sqlite");
}

/**
 * Tells the file that a path leads to now from all others; undefined if there is none. Nothing is opened: closing the file would drop the
 * locks that SQLite holds on it (https://sqlite.org/howtocorrupt.html, section 2.2).
 */
export function identityOf(file: string): string | undefined {
  const stats = statSync(file, { bigint: true, throwIfNoEntry: false });
  return stats && `${stats.dev}:${stats.ino}`;
}

/** True while `file` is the one with this identity, and no other is about to take its place. A lock on it that was taken before makes the answer last. */
export function isCurrent(file: string, identity: string | undefined): boolean {
  // In this order: a replacement that is gone has been put in its place.
  return !existsSync(replacementOf(file)) && identityOf(file) === identity;
}

/** Thrown where a path has come to lead to another file than the one that was opened. */
class Replaced extends Error {}

/** Throws unless `isCurrent`, for `untilCurrent` to catch. */
export function requireCurrent(file: string, identity: string | undefined): void {
  if (!isCurrent(file, identity)) throw new Replaced();
}

/** Runs the work again when the file was replaced under it. */
export function untilCurrent<T>(file: string, work: () => T): T {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof Replaced)) throw error;
    }
    if (performance.now() > deadline) throw inUse(file);
    pause(1);
  }
}

/** Puts a replacement in its place if one waits. */
export function installReplacement(file: string, sqlite: typeof SqliteModule): void {
  if (!existsSync(replacementOf(file))) return;
  withRebuildLock(file, sqlite, () => replaceNow(file));
}

/** Runs `work` while no other process makes the store at `file` anew. */
export function withRebuildLock<T>(file: string, sqlite: typeof SqliteModule, work: () => T): T {
  const lockFile = join(dirname(file), "rebuild.lock");
  createEmpty(lockFile);
  // An empty database is a lock that ends with its process on every system.
  const lock = new sqlite.DatabaseSync(lockFile);
  try {
    lock.exec(`pragma busy_timeout = ${patienceMs}; begin exclusive`);
    return work();
  } catch (error) {
    if (!isBusy(error)) throw error;
    throw unavailable(
      `Satchel's store ${file} is being made anew by another window: wait until that is done and try again`,
      error,
    );
  } finally {
    lock.close();
  }
}

/**
 * Moves the database at `file` to the quarantine and its replacement into its place. Returns the name of the moved file in the quarantine;
 * undefined if there was none. To be called with the rebuild lock, and again if it did not end.
 */
export function replaceNow(
  file: string,
  onStep: (step: string) => void = () => undefined,
): string | undefined {
  const replacement = replacementOf(file);
  const made = statSync(replacement, { throwIfNoEntry: false });
  if (!made) return undefined;
  const folder = dirname(file);
  const stamp = stampOf(made.mtime);
  // The database goes first: if another program holds it, as on Windows, nothing has been moved yet.
  const moved = suffixes.map((suffix) => {
    const name = patiently(file, () =>
      moveToQuarantine(folder, `${file}${suffix}`, `registry-${stamp}.sqlite${suffix}`),
    );
    onStep(`moved${suffix}`);
    return name;
  });
  if (existsSync(quarantineFolder(folder))) syncFolderNow(quarantineFolder(folder));
  syncFolderNow(folder);
  patiently(file, () => renameSync(replacement, file));
  onStep("replaced");
  syncFolderNow(folder);
  return moved[0];
}

/** The code of the error that tells that another program holds the file. */
const held: ReadonlySet<string | undefined> = new Set(["EPERM", "EACCES", "EBUSY"]);

/** Windows refuses to rename a file while any window has it open; most let go within a moment, when they see the replacement. */
function patiently<T>(file: string, work: () => T): T {
  const deadline = performance.now() + (process.platform === "win32" ? 5000 : 0);
  for (;;) {
    try {
      return work();
    } catch (error) {
      if (!held.has(errnoOf(error))) throw error;
      if (performance.now() > deadline) throw inUse(file, error);
    }
    pause(50);
  }
}

function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

function inUse(file: string, cause?: unknown): ContextError {
  return unavailable(
    `Satchel's store ${file} cannot be replaced while other windows use it: close them and try again`,
    cause,
  );
}

function createEmpty(file: string): void {
  if (existsSync(file)) return;
  try {
    closeSync(openSync(file, "wx", 0o600));
  } catch (error) {
    if (errnoOf(error) !== "EEXIST") throw error;
  }
}
