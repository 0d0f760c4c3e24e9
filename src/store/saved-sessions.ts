import { readdirSync, readFileSync, statSync, type Stats } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { SessionSnapshot } from "../core/session/snapshot.ts";
import { contextFilePath, contextFolder } from "./context-file.ts";
import { isSnapshot } from "./snapshot-format.ts";
import { errnoOf } from "./store-errors.ts";

/** A `file_context.json` of ours, read without the database. */
export type SavedSession =
  | (SavedPlace & {
      readonly kind: "whole";
      readonly snapshot: SessionSnapshot;
      readonly revision: number;
    })
  | (SavedPlace & { readonly kind: "unreadable" });

interface SavedPlace {
  /** The name of its folder: the session's id, unless somebody has renamed it. */
  readonly id: string;
  /** The way to the file from the store's folder, with slashes. */
  readonly path: string;
}

/** True if sessions were saved in this store. */
export function hasSavedSessions(folder: string): boolean {
  return savedIds(folder).some((id) => savedSession(folder, id) !== undefined);
}

/** The saved sessions of this user, by the names of their folders. A file of another tool or of another user is passed over. */
export function savedSessions(folder: string): readonly SavedSession[] {
  return savedIds(folder).flatMap((id) => savedSession(folder, id) ?? []);
}

/** The names of the folders in which sessions are saved. */
export function savedIds(folder: string): readonly string[] {
  try {
    return readdirSync(join(folder, contextFolder)).toSorted();
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return [];
  }
}

/** The session that is saved in the folder of this name; undefined if none of ours is. */
export function savedSession(folder: string, id: string): SavedSession | undefined {
  const file = contextFilePath(folder, id);
  const place = { id, path: `${contextFolder}/${id}/${basename(file)}` };
  const unreadable = { ...place, kind: "unreadable" } as const;
  try {
    const parsed: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (!isObject(parsed) || !("satchel" in parsed)) return undefined;
    return { ...place, ...(wholeSession(parsed) ?? { kind: "unreadable" }) };
  } catch (error) {
    if (error instanceof SyntaxError) return unreadable;
    if (errnoOf(error) === undefined) throw error;
    return isOurs(file) ? unreadable : undefined;
  }
}

function wholeSession({
  satchel,
  revision,
}: Record<string, unknown>):
  | { kind: "whole"; snapshot: SessionSnapshot; revision: number }
  | undefined {
  if (!isObject(satchel) || satchel["version"] !== 1 || !Number.isSafeInteger(revision)) {
    return undefined;
  }
  const { snapshot } = satchel;
  return isSnapshot(snapshot) ? { kind: "whole", snapshot, revision: Number(revision) } : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** True for a file that is there and belongs to this user. */
function isOurs(file: string): boolean {
  let stats: Stats | undefined;
  try {
    stats = statSync(file, { throwIfNoEntry: false });
  } catch {
    // Not even the folder can be looked into; whose it is tells whose the file is.
    stats = statSync(dirname(file), { throwIfNoEntry: false });
  }
  return stats !== undefined && (process.getuid === undefined || stats.uid === process.getuid());
}
