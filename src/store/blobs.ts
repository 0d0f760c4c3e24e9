import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { join } from "node:path";
import type { ContentId } from "../core/files/content.ts";
import { writeDurably } from "./durable-write.ts";
import { withFile, type LocalFile } from "./local-file.ts";
import { eachChunk, type ReadOptions } from "./read-file.ts";
import { storeError } from "./store-errors.ts";
import { sweepTemporaryFiles } from "./temporary-files.ts";

type Reader = Pick<ReadOptions, "turns" | "signal">;

/** The stored bytes, one file for each content id. */
export interface Blobs {
  /** The file of a blob, whether it is there or not. */
  fileOf(contentId: ContentId): LocalFile;
  has(contentId: ContentId): boolean;
  /** Stores the bytes of `file` if they have this id, durably. False if they have another: the file has changed. */
  keep(contentId: ContentId, file: LocalFile, reader: Reader): Promise<boolean>;
}

/** The blobs below `folder`, at `<2 digits of the content id>/<the other 62>`. */
export function createBlobs(folder: string): Blobs {
  let isSwept = false;
  const fileOf = (contentId: ContentId): LocalFile => ({
    path: join(folder, contentId.slice(0, 2), contentId.slice(2)),
    name: contentId,
  });
  const has = (contentId: ContentId): boolean =>
    isContentId(contentId) &&
    statSync(fileOf(contentId).path, { throwIfNoEntry: false }) !== undefined;

  return {
    fileOf,
    has,
    async keep(contentId, file, reader) {
      // A blob that is whole is used again; one that is damaged is replaced.
      if (has(contentId) && (await idOf(fileOf(contentId), reader)) === contentId) return true;
      if (!isSwept) await sweepTemporaryFiles(folder, Date.now());
      isSwept = true;
      const { path } = fileOf(contentId);
      return withFile(file, ({ descriptor }) =>
        copy(descriptor, { path, contentId, folder }, reader),
      );
    },
  };
}

async function copy(
  source: number,
  target: { readonly path: string; readonly contentId: ContentId; readonly folder: string },
  reader: Reader,
): Promise<boolean> {
  const changed = new Error("the file has changed");
  const fill = async (blob: FileHandle): Promise<void> => {
    const hash = createHash("sha256");
    await eachChunk(source, reader, async (chunk) => {
      hash.update(chunk);
      await blob.writeFile(chunk);
    });
    if (hash.digest("hex") !== target.contentId) throw changed;
  };
  try {
    await writeDurably(target.path, fill, target.folder);
    return true;
  } catch (error) {
    if (error === changed) return false;
    throw storeError(error, target.path);
  }
}

/** The content id of a file's bytes at this moment. */
export async function idOf(file: LocalFile, reader: Reader): Promise<ContentId> {
  return withFile(file, async ({ descriptor }) => {
    const hash = createHash("sha256");
    await eachChunk(descriptor, reader, (chunk) => void hash.update(chunk));
    return hash.digest("hex");
  });
}

function isContentId(contentId: string): boolean {
  return /^[0-9a-f]{64}$/u.test(contentId);
}
