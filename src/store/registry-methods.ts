import { join } from "node:path";
import type { Copies } from "../core/ports/copies.ts";
import type { OperationLog } from "../core/ports/operation-log.ts";
import type { Phases } from "../core/ports/phases.ts";
import type { Registry } from "../core/ports/registry.ts";
import type { RequestLog, SentRequest } from "../core/ports/request-log.ts";
import type { ThreadMethods } from "../threads/serve.ts";
import { createContextWriter, type ContextWriter } from "./context-writer.ts";
import { machineClocks, storeTime } from "./clock.ts";
import { sqliteOf } from "./connection.ts";
import { copyMethods } from "./copy-methods.ts";
import { openDatabase, type Database, type DatabaseOptions } from "./database.ts";
import { content, saveContents } from "./known-contents.ts";
import { append, operations, resolveInterrupted } from "./operations.ts";
import {
  clearSavedFiles,
  digests,
  findings,
  phases,
  removeFinding,
  saveDigests,
  saveFiles,
  saveFinding,
  savePhase,
} from "./phases.ts";
import { chain, conversation, forgetTexts, requests, saveAnswer, saveRequest } from "./requests.ts";
import { addFiles, changeFiles, removeFiles, restoreFiles } from "./session-files.ts";
import { createSession, deleteSession, renameSession, page, sessions, view } from "./sessions.ts";
import { addSnapshot, snapshot } from "./snapshot.ts";
import type { CopyStore } from "./stored-copy.ts";
import { sweepTemporaryFiles } from "./temporary-files.ts";
import { rowUpkeep, withoutSqlite } from "./upkeep/row-upkeep.ts";
import type { RowUpkeep } from "./upkeep/upkeep.ts";
import { advanceUpload, changeUpload, claimUpload, openUploads, uploads } from "./uploads.ts";

/** The ports that one thread, with one connection to the database, stands behind. */
export interface RegistryPorts
  extends Registry, OperationLog, Copies, Phases, RequestLog, RowUpkeep {}

/** The methods of the ports that the thread answers. */
export type RegistryMethod = Exclude<keyof RegistryPorts, "onDidChange">;

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
  const { database, contexts, close } = openLazily(folder, onChange, options);
  const others = watchOthers(database, onChange);
  const blobs = join(folder, "blobs");
  const open = (): CopyStore => ({ database: database(), blobs, clocks: machineClocks });
  const methods = {
    ...answers(database),
    ...ledger(database),
    ...copyMethods(open),
    ...rowUpkeep({ folder, open, close, onChange, options }),
    deleteSession(id: string) {
      deleteSession(database(), id);
      contexts.remove(id);
    },
    writeContexts: () => contexts.flush(),
    listen: () => others.start(),
    unlisten: () => others.stop(),
    close() {
      others.stop();
      close();
    },
  };
  return sqliteOf(options) ? methods : withoutSqlite(folder, methods);
}

interface LazyDatabase {
  readonly database: () => Database;
  readonly contexts: ContextWriter;
  readonly close: () => void;
}

function openLazily(folder: string, onChange: () => void, options: DatabaseOptions): LazyDatabase {
  let opened: Database | undefined;
  const onCommit = (): void => {
    contexts.committed();
    onChange();
  };
  const database = (): Database => {
    if (opened) return opened;
    opened = openDatabase(folder, { ...options, onCommit });
    // What a process that died left to do.
    contexts.committed();
    void sweepTemporaryFiles(folder, Date.now());
    return opened;
  };
  const contexts = createContextWriter(folder, database);
  return {
    database,
    contexts,
    close() {
      if (!opened) return;
      contexts.stop();
      opened.close();
      opened = undefined;
    },
  };
}

type OnDatabase = Exclude<
  RegistryMethod,
  keyof Copies | keyof RequestLog | keyof RowUpkeep | "deleteSession" | "writeContexts"
>;

type Answers<Methods extends string> = Record<Methods, (...args: never[]) => unknown>;

/** Gives a method the database that is open when it is called. */
function bound(database: () => Database) {
  return <A extends unknown[], R>(method: (database: Database, ...args: A) => R) =>
    (...args: A): R =>
      method(database(), ...args);
}

/** What was sent expires by the store's own time, as copies do. */
function ledger(database: () => Database): Answers<keyof RequestLog> {
  const on = bound(database);
  const now = (): number => storeTime(database(), machineClocks);
  return {
    saveRequest: (request: SentRequest) => saveRequest(database(), request, now()),
    forgetTexts: (lifetime: number) => forgetTexts(database(), now() - lifetime),
    saveAnswer: on(saveAnswer),
    chain: on(chain),
    conversation: on(conversation),
    requests: on(requests),
  };
}

function answers(database: () => Database): Answers<OnDatabase> {
  const on = bound(database);
  return {
    sessions: on(sessions),
    createSession: on(createSession),
    renameSession: on(renameSession),
    view: on(view),
    page: on(page),
    addFiles: on(addFiles),
    changeFiles: on(changeFiles),
    removeFiles: on(removeFiles),
    restoreFiles: on(restoreFiles),
    content: on(content),
    saveContents: on(saveContents),
    claimUpload: on(claimUpload),
    changeUpload: on(changeUpload),
    advanceUpload: on(advanceUpload),
    openUploads: on(openUploads),
    uploads: on(uploads),
    append: on(append),
    operations: on(operations),
    resolveInterrupted: on(resolveInterrupted),
    digests: on(digests),
    saveDigests: on(saveDigests),
    phases: on(phases),
    savePhase: on(savePhase),
    findings: on(findings),
    saveFinding: on(saveFinding),
    removeFinding: on(removeFinding),
    saveFiles: on(saveFiles),
    clearSavedFiles: on(clearSavedFiles),
    snapshot: on(snapshot),
    addSnapshot: on(addSnapshot),
  };
}

/**
 * Looks for commits of other connections; those of our own connection do not change its `data_version`. Logged operations of other windows cannot be told
 * from their other commits: this window looks again, and finds nothing to draw.
 */
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
