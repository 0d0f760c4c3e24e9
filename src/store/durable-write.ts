import { mkdir, open, rename, rm, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout } from "node:timers/promises";
import { errnoOf } from "./store-errors.ts";
import { temporaryPath } from "./temporary-files.ts";

/**
 * Creates or replaces `target` with what `fill` writes. When this resolves, the file survives a power cut; until then, and if `fill` throws,
 * a reader finds what was there before. Missing folders are created. Files can be read by their owner only.
 */
export async function writeDurably(
  target: string,
  fill: (file: FileHandle) => Promise<void>,
  temporaryFolder: string = dirname(target),
): Promise<void> {
  await makeFolder(dirname(target));
  await makeFolder(temporaryFolder);
  const temporary = temporaryPath(temporaryFolder);
  try {
    const file = await open(temporary, "wx", 0o600);
    try {
      await fill(file);
      await file.sync();
    } finally {
      await file.close();
    }
    await renameDurably(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
  await syncFolder(dirname(target));
}

/** Creates the folder and its parents, durably, for their owner only; folders that are there are left as they are. */
async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  // A folder lasts when its name in its parent does.
  for (let made = folder; made.length >= first.length; made = dirname(made)) {
    await syncFolder(dirname(made));
  }
}

/** Makes the names in a folder survive a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  // Windows refuses to sync a folder (EPERM); its file systems journal the names.
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const renameTries = 6;

// On Windows a virus scanner may hold the new file open for a moment: https://github.com/npm/write-file-atomic/issues/28
async function renameDurably(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await rename(from, to);
    } catch (error) {
      const mayPass = ["EPERM", "EACCES", "EBUSY"].includes(errnoOf(error) ?? "");
      if (process.platform !== "win32" || !mayPass || attempt === renameTries) throw error;
    }
    await setTimeout(10 * 2 ** attempt);
  }
}
