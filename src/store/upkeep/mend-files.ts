import { chmodSync, lstatSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import type { MendedFault, MendReport, StoreFault } from "../../core/ports/upkeep.ts";
import { moveToQuarantine } from "../quarantine.ts";
import { errnoOf } from "../store-errors.ts";
import { isTemporary } from "../temporary-files.ts";
import { damageOf, isOld, rightsOfOthers, type Looking } from "./check-files.ts";
import { contentIdAt } from "./fault-path.ts";

/** Mends the faults that files alone have: moves damaged blobs aside, deletes what is half written, narrows permissions. */
export async function mendFiles(
  folder: string,
  faults: readonly StoreFault[],
  looking: Looking,
): Promise<MendReport> {
  const mended: MendedFault[] = [];
  const left: StoreFault[] = [];
  for (const fault of faults) {
    await looking.turns.pause(looking.signal);
    const done = await mend(folder, fault, looking);
    if (done === undefined) left.push(fault);
    else mended.push({ fault, done });
  }
  return { mended, left };
}

async function mend(
  folder: string,
  { kind, path = "" }: StoreFault,
  looking: Looking,
): Promise<string | undefined> {
  try {
    if (kind === "copy-damaged") return await moveDamaged(folder, path, looking);
    if (kind === "file-leftover") return removeLeftover(join(folder, path), looking);
    if (kind === "permissions-wide") return narrow(join(folder, path));
    return undefined;
  } catch (error) {
    // What the system refuses is left.
    if (errnoOf(error) === undefined) throw error;
    return undefined;
  }
}

async function moveDamaged(
  folder: string,
  path: string,
  looking: Looking,
): Promise<string | undefined> {
  const contentId = contentIdAt(path);
  const damage = contentId && (await damageOf(join(folder, "blobs"), contentId, looking));
  if (!damage) return undefined;
  const name = moveToQuarantine(folder, join(folder, path), `blob-${contentId}`);
  return name && `moved to quarantine/${name}`;
}

function removeLeftover(path: string, { now }: Looking): string | undefined {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  const isLeftover = isTemporary(basename(path)) && stats?.isFile() && isOld(stats, now);
  if (!isLeftover) return undefined;
  rmSync(path, { force: true });
  return "deleted";
}

function narrow(path: string): string | undefined {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (!stats || stats.isSymbolicLink() || rightsOfOthers(stats) === 0) return undefined;
  const mode = stats.mode & 0o700;
  chmodSync(path, mode);
  return `narrowed to ${mode.toString(8)}`;
}
