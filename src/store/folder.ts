import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Folder } from "../core/ports/folder.ts";
import { syncFolder, writeDurably } from "./durable-write.ts";
import { errnoOf, storeError } from "./store-errors.ts";
import { isTemporary, sweepTemporaryFiles } from "./temporary-files.ts";

/** The folder at `path`; it is created by the first write. Failures are `store-unavailable` and name the path. */
export function createFolder(path: string): Folder {
  let isSwept = false;
  return {
    names: () =>
      reported(path, async () => {
        const entries = await orNothing(readdir(path, { withFileTypes: true }));
        const names = (entries ?? []).filter((entry) => entry.isFile()).map(({ name }) => name);
        return names.filter((name) => !isTemporary(name)).toSorted();
      }),
    read: (name) =>
      reported(path, async () => {
        const bytes = await orNothing(readFile(entryPath(path, name)));
        return bytes && new Uint8Array(bytes);
      }),
    write: (name, bytes) =>
      reported(path, async () => {
        await writeDurably(entryPath(path, name), (file) => file.writeFile(bytes));
        if (isSwept) return;
        isSwept = true;
        await sweepTemporaryFiles(path, Date.now());
      }),
    remove: (name) =>
      reported(path, async () => {
        const removed = await orNothing(rm(entryPath(path, name)).then(() => true));
        if (removed) await syncFolder(path);
      }),
  };
}

function entryPath(folder: string, name: string): string {
  if (/^[A-Za-z0-9._-]+$/u.test(name) && !/^\.+$/u.test(name)) return join(folder, name);
  throw new Error(`not a name for an entry of a folder: ${name}`);
}

async function orNothing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

async function reported<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw storeError(error, path);
  }
}
