import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { TestContext } from "node:test";
import type { Upkeep } from "../../../src/core/ports/upkeep.ts";
import { createContentsMethods } from "../../../src/store/contents-methods.ts";
import { createContextWriter } from "../../../src/store/context-writer.ts";
import { machineClocks } from "../../../src/store/clock.ts";
import { useCopies } from "../../../src/store/copies.ts";
import { openDatabase, type Database, type DatabaseOptions } from "../../../src/store/database.ts";
import { createRegistryMethods } from "../../../src/store/registry-methods.ts";
import { addFiles } from "../../../src/store/session-files.ts";
import { createSession } from "../../../src/store/sessions.ts";
import { createUpkeep, type RowUpkeep } from "../../../src/store/upkeep/upkeep.ts";
import type { ThreadMethods } from "../../../src/threads/serve.ts";
import { idOf, newFile, sessionOf } from "../samples.ts";
import { temporaryFolder } from "../temporary-folder.ts";

/** The names of the files in the session `s` of a kept store; the text of each is its name. */
export const names: readonly string[] = ["a.txt", "b.txt", "c.txt"];

/** A store as it is after a while of use: a session of three files, with their blobs and its file context. */
export interface KeptStore {
  readonly folder: string;
  readonly upkeep: Upkeep;
  /** Changes the rows; nobody holds the database meanwhile. */
  readonly rows: (work: (database: Database) => void) => void;
  /** Changes the rows as no version of Satchel would. */
  readonly sql: (statements: string) => void;
  /** The path of the blob of a text. */
  readonly blobOf: (text: string) => string;
  /** The path of the file context of a session. */
  readonly contextOf: (sessionId: string) => string;
  /** Writes a file below the folder that was last changed hours ago, and returns its path. */
  readonly oldFile: (path: string, bytes: string) => string;
}

/** Makes a sound store. What cares for it ends with the test. */
export function keptStore(t: TestContext): KeptStore {
  const folder = temporaryFolder();
  const rows = (work: (database: Database) => void): void => {
    const database = openDatabase(folder);
    work(database);
    database.close();
  };
  const blobOf = (text: string): string =>
    join(folder, "blobs", idOf(text).slice(0, 2), idOf(text).slice(2));
  const oldFile = (path: string, bytes: string): string => {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, bytes, { mode: 0o600 });
    age(file);
    return file;
  };
  for (const name of names) oldFile(blobOf(name).slice(folder.length), name);
  rows((database) => fill(database, folder));
  return {
    folder,
    upkeep: upkeepOf(t, folder),
    rows,
    blobOf,
    oldFile,
    contextOf: (sessionId) => join(folder, "sessions", sessionId, "file_context.json"),
    sql(statements) {
      const connection = new DatabaseSync(join(folder, "registry.sqlite"), { defensive: false });
      connection.exec(`pragma foreign_keys = off; ${statements}`);
      connection.close();
    },
  };
}

/** Makes a file look as if it was last changed hours ago. */
export function age(file: string): void {
  const then = new Date(Date.now() - 3 * 3_600_000);
  utimesSync(file, then, then);
}

/** The care of a store, in this thread. It ends with the test. */
export function upkeepOf(t: TestContext, folder: string, options: DatabaseOptions = {}): Upkeep {
  const registry = createRegistryMethods(folder, () => undefined, options);
  t.after(() => registry.close());
  const rows = asynchronous(registry, ["checkRows", "mendRows", "rebuild", "whyReadOnly"]);
  const files = createContentsMethods(folder);
  return createUpkeep({ folder, rows: rows as unknown as RowUpkeep, files, settleMs: 20 });
}

/** Methods that a thread would answer, as they look from outside of it. */
function asynchronous(methods: ThreadMethods, called: readonly string[]): ThreadMethods {
  return Object.fromEntries(
    called.map((name) => [name, async (...args: never[]) => methods[name]?.(...args)]),
  );
}

function fill(database: Database, folder: string): void {
  createSession(database, sessionOf("s", { name: "Quarter" }));
  addFiles(
    database,
    names.map((name) => newFile("s", name)),
  );
  const store = { database, blobs: join(folder, "blobs"), clocks: machineClocks };
  useCopies(store, names.map(idOf), "send");
  createContextWriter(folder, () => database).flush();
}
