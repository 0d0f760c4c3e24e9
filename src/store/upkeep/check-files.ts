import { lstatSync, readdirSync, statSync, type Stats } from "node:fs";
import { join } from "node:path";
import { isContextError } from "../../core/errors.ts";
import type { ContentId } from "../../core/files/content.ts";
import type { Quarantine, StoreFault, VerifyOptions } from "../../core/ports/upkeep.ts";
import { blobPath, idOf } from "../blobs.ts";
import { errnoOf } from "../store-errors.ts";
import { abandonedAfterMs, isTemporary } from "../temporary-files.ts";
import type { Turns } from "../../threads/turns.ts";
import { findBlobs } from "./blobs-on-disk.ts";

/** What the files of a store tell without its database. */
export interface FileReport {
  readonly faults: readonly StoreFault[];
  /** Copies that were written over an hour ago: what is to be known of them is known by now. */
  readonly settled: readonly ContentId[];
  readonly damaged: readonly DamagedBlob[];
  readonly copies: { readonly stored: number; readonly read: number; readonly bytesRead: number };
  readonly quarantine: Quarantine;
}

/** A blob that has not the bytes that its name says, or that cannot be read. */
export interface DamagedBlob {
  readonly contentId: ContentId;
  readonly detail?: string | undefined;
}

/** How files are looked at. */
export interface Looking {
  readonly turns: Turns;
  readonly signal: AbortSignal | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** As many blobs are read where a sample is wanted. */
const sampleSize = 100;

/** Looks at all files below the store's `folder`, reads the blobs that are wanted, and changes nothing. */
export async function checkFiles(
  folder: string,
  wanted: VerifyOptions["copies"],
  looking: Looking,
): Promise<FileReport> {
  const blobs = join(folder, "blobs");
  const { contentIds, strange } = findBlobs(blobs);
  const { faults, quarantine } = await walk(folder, looking);
  const settled: ContentId[] = [];
  for (const contentId of contentIds) {
    await looking.turns.pause(looking.signal);
    const stats = statSync(blobPath(blobs, contentId), { throwIfNoEntry: false });
    if (stats && isOld(stats, looking.now)) settled.push(contentId);
  }
  const { damaged, ...read } = await readBlobs(blobs, chosen(contentIds, wanted), looking);
  return {
    faults: [...strange.map((name) => fault("file-strange", `blobs/${name}`)), ...faults],
    settled,
    damaged,
    copies: { stored: contentIds.length, ...read },
    quarantine,
  };
}

/** True for what nobody has written to for so long that no process can be about to go on with it. */
export function isOld(stats: Stats, now: number): boolean {
  return now - stats.mtimeMs > abandonedAfterMs;
}

/** The permission bits that a file or folder gives to others than its owner; 0 on systems without them. */
export function rightsOfOthers({ mode }: Stats): number {
  return process.platform === "win32" ? 0 : mode & 0o077;
}

/** Why a blob is damaged; undefined if it is whole, or gone. */
export async function damageOf(
  blobs: string,
  contentId: ContentId,
  looking: Looking,
): Promise<DamagedBlob | undefined> {
  const blob = { path: blobPath(blobs, contentId), name: contentId };
  try {
    return (await idOf(blob, looking)) === contentId ? undefined : { contentId };
  } catch (error) {
    if (!isContextError(error)) throw error;
    return error.code === "file-missing" ? undefined : { contentId, detail: error.message };
  }
}

function chosen(
  contentIds: readonly ContentId[],
  wanted: VerifyOptions["copies"],
): readonly ContentId[] {
  if (wanted === "all") return contentIds;
  if (wanted === "none") return [];
  const drawn = contentIds.map((contentId) => ({ contentId, lot: Math.random() }));
  const byLot = drawn.toSorted((one, other) => one.lot - other.lot);
  return byLot.slice(0, sampleSize).map(({ contentId }) => contentId);
}

async function readBlobs(
  blobs: string,
  contentIds: readonly ContentId[],
  looking: Looking,
): Promise<{ damaged: readonly DamagedBlob[]; read: number; bytesRead: number }> {
  const damaged: DamagedBlob[] = [];
  let bytesRead = 0;
  for (const contentId of contentIds) {
    const stats = statSync(blobPath(blobs, contentId), { throwIfNoEntry: false });
    const damage = await damageOf(blobs, contentId, looking);
    if (damage) damaged.push(damage);
    bytesRead += stats?.size ?? 0;
  }
  return { damaged, read: contentIds.length, bytesRead };
}

interface Walked {
  readonly faults: readonly StoreFault[];
  readonly quarantine: Quarantine;
}

interface Entry {
  /** The way from the store's folder, with slashes; `.` for that folder. */
  readonly path: string;
  readonly name: string;
  readonly stats: Stats;
}

/** Looks at every file and folder of the store. */
async function walk(folder: string, looking: Looking): Promise<Walked> {
  const faults: StoreFault[] = [];
  const quarantine = { databases: 0, files: 0, bytes: 0 };
  for (const { path, name, stats } of entriesBelow(folder, ".")) {
    await looking.turns.pause(looking.signal);
    if (rightsOfOthers(stats) !== 0) {
      faults.push(fault("permissions-wide", path, (stats.mode & 0o777).toString(8)));
    }
    if (!stats.isFile()) continue;
    if (path.startsWith("quarantine/")) addTo(quarantine, name, stats);
    else if (isTemporary(name) && isOld(stats, looking.now))
      faults.push(fault("file-leftover", path));
  }
  return { faults, quarantine };
}

/** A file or a folder with all that is in it. Links are not followed. */
function* entriesBelow(folder: string, path: string): Iterable<Entry> {
  const full = join(folder, path);
  const stats = (path === "." ? statSync : lstatSync)(full, { throwIfNoEntry: false });
  if (!stats?.isFile() && !stats?.isDirectory()) return;
  yield { path, name: path.slice(path.lastIndexOf("/") + 1), stats };
  if (!stats.isDirectory()) return;
  for (const name of namesIn(full)) {
    yield* entriesBelow(folder, path === "." ? name : `${path}/${name}`);
  }
}

function addTo(
  quarantine: { databases: number; files: number; bytes: number },
  name: string,
  { size }: Stats,
): void {
  quarantine.bytes += size;
  // The journals of a database are a part of it.
  if (/-(?:wal|shm|journal)$/u.test(name)) return;
  if (name.endsWith(".sqlite")) quarantine.databases++;
  else quarantine.files++;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    // Gone a moment ago, or not ours to look into.
    if (errnoOf(error) === undefined) throw error;
    return [];
  }
}

function fault(kind: StoreFault["kind"], path: string, detail?: string): StoreFault {
  return { kind, path, names: [], ...(detail !== undefined && { detail }) };
}
