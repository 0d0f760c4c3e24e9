import { readdirSync, type Dirent } from "node:fs";
import { join } from "node:path";
import type { ContentId } from "../../core/files/content.ts";
import { errnoOf } from "../store-errors.ts";
import { isTemporary } from "../temporary-files.ts";

/** What lies in the folder of the blobs. */
export interface FoundBlobs {
  /** The contents whose blobs are there, whole or not. */
  readonly contentIds: readonly ContentId[];
  /** What Satchel does not put there, by its way from that folder, with slashes. */
  readonly strange: readonly string[];
}

/** Looks at the names in the folder of the blobs. Half written files are neither blobs nor strange. */
export function findBlobs(blobs: string): FoundBlobs {
  const contentIds: ContentId[] = [];
  const strange: string[] = [];
  for (const entry of entriesOf(blobs)) {
    if (entry.isFile() && isTemporary(entry.name)) continue;
    if (!entry.isDirectory() || !/^[0-9a-f]{2}$/u.test(entry.name)) {
      strange.push(entry.name);
      continue;
    }
    for (const inner of entriesOf(join(blobs, entry.name))) {
      const isCopy = inner.isFile() && /^[0-9a-f]{62}$/u.test(inner.name);
      if (isCopy) contentIds.push(`${entry.name}${inner.name}`);
      else strange.push(`${entry.name}/${inner.name}`);
    }
  }
  return { contentIds, strange };
}

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return [];
    throw error;
  }
}
