import type { Registry } from "../core/ports/registry.ts";
import type { ThreadMethods } from "../threads/serve.ts";
import { openDatabase, type Database, type DatabaseOptions } from "./database.ts";
import { content, saveContents } from "./known-contents.ts";
import { addFiles, changeFiles, removeFiles, restoreFiles } from "./session-files.ts";
import { createSession, deleteSession, renameSession, sessions, view } from "./sessions.ts";
import { sweepTemporaryFiles } from "./temporary-files.ts";
import { changeUpload, claimUpload, uploads } from "./uploads.ts";

/** The methods of the port that the thread answers. */
export type RegistryMethod = Exclude<keyof Registry, "onDidChange">;

/** How often the commits of other windows are looked for, in milliseconds. */
const pollMs = 250;

/**
 * What the registry's thread does. The database in `folder` is opened by the first call, and by the next one if that failed.
 * `onChange` is called after every commit of this thread and, between `listen` and `unlisten`, of others.
 */
export function createRegistryMethods(
  folder: string,
  onChange: () => void,
  options: DatabaseOptions = {},
): ThreadMethods & { close(): void } {
  let opened: Database | undefined;
  const database = (): Database => {
    if (opened) return opened;
    opened = openDatabase(folder, { ...options, onCommit: onChange });
    void sweepTemporaryFiles(folder, Date.now());
    return opened;
  };
  const others = watchOthers(database, onChange);
  return {
    ...answers(database),
    listen: () => others.start(),
    unlisten: () => others.stop(),
    close() {
      others.stop();
      opened?.close();
      opened = undefined;
    },
  };
}

function answers(database: () => Database): Record<RegistryMethod, (...args: never[]) => unknown> {
  const on =
    <A extends unknown[], R>(method: (database: Database, ...args: A) => R) =>
    (...args: A): R =>
      method(database(), ...args);
  return {
    sessions: on(sessions),
    createSession: on(createSession),
    renameSession: on(renameSession),
    deleteSession: on(deleteSession),
    view: on(view),
    addFiles: on(addFiles),
    changeFiles: on(changeFiles),
    removeFiles: on(removeFiles),
    restoreFiles: on(restoreFiles),
    content: on(content),
    saveContents: on(saveContents),
    claimUpload: on(claimUpload),
    changeUpload: on(changeUpload),
    uploads: on(uploads),
  };
}

/** Looks for commits of other connections; those of our own connection do not change its `data_version`. */
function watchOthers(
  database: () => Database,
  onChange: () => void,
): { start(): void; stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  let seen: number | undefined;
  const look = (): void => {
    try {
      const version = database().dataVersion();
      if (seen !== undefined && version !== seen) onChange();
      seen = version;
    } catch {
      // The call that needs the database says what is wrong with it; here the next look may find it well again.
    }
  };
  const stop = (): void => {
    clearInterval(timer);
    timer = undefined;
    seen = undefined;
  };
  return {
    start() {
      if (timer) return;
      look();
      timer = setInterval(look, pollMs);
    },
    stop,
  };
}
