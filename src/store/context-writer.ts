import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { isContextError } from "../core/errors.ts";
import { contextFilePath, contextFileText, contextFolder, revisionOf } from "./context-file.ts";
import type { Database } from "./database.ts";
import { syncFolderNow } from "./new-database.ts";
import { snapshot } from "./snapshot.ts";
import { errnoOf } from "./store-errors.ts";
import { temporaryPath } from "./temporary-files.ts";

/** Keeps each session's `file_context.json` in step with the database. */
export interface ContextWriter {
  /** To be called after a commit: what has changed is written a moment later, and what a dead process left behind, too. */
  committed(): void;
  /** Writes what is behind now. */
  flush(): void;
  /** Writes what is behind, as far as that is possible, and rests. */
  stop(): void;
  /** Removes the file of a session that was deleted. */
  remove(sessionId: string): void;
}

/** Changes come in bursts; one writing is enough for many. In milliseconds. */
const shortestDelay = 200;

/** Writing large sessions may take at most this part of the time. */
const share = 1 / 20;

/**
 * Writes below `folder`. A reader finds the state after some commit, never a mixture; of several windows that write, the newest state wins. What cannot be
 * written now is tried again after the next commit.
 */
export function createContextWriter(folder: string, database: () => Database): ContextWriter {
  const written = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;
  let delay = shortestDelay;

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    const start = performance.now();
    for (const { id, revision } of revisions(database())) {
      if (written.get(id) === revision) continue;
      if (writeContext(folder, database(), id)) written.set(id, revision);
    }
    delay = Math.max(shortestDelay, (performance.now() - start) / share);
  }

  const flushIfPossible = (): void => {
    try {
      flush();
    } catch (error) {
      // The calls that need the database say what is wrong with it.
      if (!isContextError(error)) throw error;
    }
  };
  return {
    committed() {
      timer ??= setTimeout(flushIfPossible, delay).unref();
    },
    flush,
    stop: flushIfPossible,
    remove(sessionId) {
      written.delete(sessionId);
      rmSync(join(folder, contextFolder, sessionId), { recursive: true, force: true });
    },
  };
}

function revisions(database: Database): readonly { id: string; revision: number }[] {
  return database.read(() =>
    database
      .prepare("select id, revision from sessions where owner = owner_id()")
      .all()
      .map((row) => ({ id: String(row["id"]), revision: Number(row["revision"]) })),
  );
}

/** Brings one session's file up to date. False if it cannot be written now. */
function writeContext(folder: string, database: Database, sessionId: string): boolean {
  const file = contextFilePath(folder, sessionId);
  const seen = database.read(() => {
    const row = database
      .prepare("select revision from sessions where id = ? and owner = owner_id()")
      .get(sessionId);
    return { revision: Number(row?.["revision"] ?? -1), state: snapshot(database, sessionId) };
  });
  if (!seen.state || revisionOf(file) >= seen.revision) return true;
  const text = contextFileText(seen.state, seen.revision, Date.now());
  const temporary = temporaryPath(dirname(file));
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeNow(temporary, text);
    // Under the lock of the database, so that no window puts an older state over a newer one.
    database.write(() => {
      if (revisionOf(file) < seen.revision) renameSync(temporary, file);
    });
    syncFolderNow(dirname(file));
    return true;
  } catch (error) {
    if (isContextError(error) || errnoOf(error) !== undefined) return false;
    throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
}

function writeNow(path: string, text: string): void {
  const descriptor = openSync(path, "wx", 0o600);
  try {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
