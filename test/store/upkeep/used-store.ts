import { readdirSync } from "node:fs";
import { join } from "node:path";
import { createContextWriter } from "../../../src/store/context-writer.ts";
import { openDatabase, type Database } from "../../../src/store/database.ts";
import { uploads } from "../../../src/store/uploads.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { allSnapshots, doAll, type Deed } from "./random-use.ts";

/** Does some work with the store in a folder and closes it. */
export function withStore<T>(folder: string, work: (database: Database) => T, owner?: string): T {
  const database = openDatabase(folder, owner === undefined ? {} : { owner });
  try {
    return work(database);
  } finally {
    database.close();
  }
}

/** A closed store after these deeds, each session with its file context. */
export function usedStore(done: readonly Deed[]): string {
  const folder = temporaryFolder();
  withStore(folder, (database) => {
    doAll(database, done);
    createContextWriter(folder, () => database).flush();
  });
  return folder;
}

/** The names in the quarantine. */
export function quarantined(folder: string): readonly string[] {
  try {
    return readdirSync(join(folder, "quarantine"));
  } catch {
    return [];
  }
}

/** What each session and the uploads look like, whichever database tells of them. */
export function knownTo(folder: string): unknown {
  return withStore(folder, (database) => [allSnapshots(database), uploads(database, {})]);
}
