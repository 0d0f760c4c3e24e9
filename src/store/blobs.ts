import { createHash } from "node:crypto";
import { statSync, utimesSync } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { join } from "node:path";
import type { ContentId } from "../core/files/content.ts";
import { writeDurably } from "./durable-write.ts";
import { withFile, type LocalFile } from "./local-file.ts";
import { eachChunk, type ReadOptions } from "./read-file.ts";
import { storeError } from "./store-errors.ts";
import { abandonedAfterMs, sweepTemporaryFiles } from "./temporary-files.ts";

type Reader = Pick<ReadOptions, "turns" | "signal">;

/** The stored bytes, one file for each content id. */
export interface Blobs {
  /** The file of a blob, whether it is there or not. */
  fileOf(contentId: ContentId): LocalFile;
  has(contentId: ContentId): boolean;
  /** Stores the bytes of `file` if they have this id, durably. False if they have another: the file has changed. */
  keep(contentId: ContentId, file: LocalFile, reader: Reader): Promise<boolean>;
  /** Stores the bytes that `eachPiece` hands out if they have this id, durably. False if they have another. */
  keepPieces(contentId: ContentId, eachPiece: EachPiece, reader: Reader): Promise<boolean>;
}

/** Calls `take` with one piece of some bytes after another. A piece may be used only until `take` is done. */
export type EachPiece = (take: (piece: Uint8Array) => void | Promise<void>) => Promise<void>;

/** Where the blob of a content lies below the folder of the blobs. */
export function blobPath(folder: string, contentId: ContentId): string {
  return join(folder, contentId.slice(0, 2), contentId.slice(2));
}

/** The blobs below `folder`, at `<2 digits of the content id>/<the other 62>`. */
export function createBlobs(folder: string): Blobs {
  let isSwept = false;
  const fileOf = (contentId: ContentId): LocalFile => ({
    path: blobPath(folder, contentId),
    name: contentId,
  });
  const has = (contentId: ContentId): boolean =>
    isContentId(contentId) &&
    statSync(fileOf(contentId).path, { throwIfNoEntry: false }) !== undefined;

  const isWhole = async (contentId: ContentId, reader: Reader): Promise<boolean> => {
    if (!has(contentId) || (await idOf(fileOf(contentId), reader)) !== contentId) return false;
    renew(fileOf(contentId).path);
    return true;
  };

  async function store(contentId: ContentId, eachPiece: EachPiece): Promise<boolean> {
    if (!isSwept) await sweepTemporaryFiles(folder, Date.now());
    isSwept = true;
    return write({ path: fileOf(contentId).path, contentId, folder }, eachPiece);
  }

  return {
    fileOf,
    has,
    // A blob that is whole is used again; one that is damaged is replaced.
    async keep(contentId, file, reader) {
      if (await isWhole(contentId, reader)) return true;
      return withFile(file, ({ descriptor }) =>
        store(contentId, (take) => eachChunk(descriptor, reader, take)),
      );
    },
    keepPieces: async (contentId, eachPiece, reader) =>
      (await isWhole(contentId, reader)) || store(contentId, eachPiece),
  };
}

async function write(
  target: { readonly path: string; readonly contentId: ContentId; readonly folder: string },
  eachPiece: EachPiece,
): Promise<boolean> {
  const changed = new Error("the file has changed");
  const fill = async (blob: FileHandle): Promise<void> => {
    const hash = createHash("sha256");
    await eachPiece(async (piece) => {
      hash.update(piece);
      await blob.writeFile(piece);
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

/** Makes an old blob look young, because somebody is about to rely on it: the upkeep deletes only old ones that no row knows. */
function renew(path: string): void {
  try {
    const now = new Date();
    if (now.getTime() - statSync(path).mtimeMs > abandonedAfterMs / 2) utimesSync(path, now, now);
  } catch {
    // Not ours to touch, or on a disk that cannot be written: then nobody deletes it either.
  }
}

function isContentId(contentId: string): boolean {
  return /^[0-9a-f]{64}$/u.test(contentId);
}
