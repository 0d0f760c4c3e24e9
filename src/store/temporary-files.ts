import { randomUUID } from "node:crypto";
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";

const prefix = "~";
/** What nobody has written to for so long was left by a process that died, in milliseconds. */
export const abandonedAfterMs: number = 60 * 60_000;

/** A new name in `folder` for a file that is still being written. */
export function temporaryPath(folder: string): string {
  return join(folder, `${prefix}${randomUUID()}`);
}

/** True for the name of a file that is still being written, or was when its process died. */
export function isTemporary(name: string): boolean {
  return name.startsWith(prefix);
}

/** Removes what processes that died over an hour ago left half written in `folder`. Never fails: it is tidying only. */
export async function sweepTemporaryFiles(folder: string, now: number): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter(isTemporary)) {
    const path = join(folder, name);
    const stats = await stat(path).catch(() => undefined);
    if (!stats || now - stats.mtimeMs <= abandonedAfterMs) continue;
    await rm(path, { force: true }).catch(() => undefined);
  }
}
