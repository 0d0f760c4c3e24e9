import { Zip, ZipDeflate, ZipPassThrough } from "fflate";
import type { EachPiece } from "./blobs.ts";

/** A zip file that is written from its first byte to its last. */
export interface ZipWriter {
  /** Adds an entry that holds the pieces, one after another. The next one may be added when this has resolved. */
  add(name: string, how: "deflated" | "stored", eachPiece: EachPiece): Promise<void>;
  /** Writes the directory. Nothing can be added afterwards. */
  end(): Promise<void>;
}

/** A writer that hands each run of bytes to `write`, and waits until that is done. Equal entries give equal bytes. */
export function createZipWriter(write: (bytes: Uint8Array) => Promise<void>): ZipWriter {
  let waiting: Uint8Array[] = [];
  const zip = new Zip((error, bytes) => {
    if (error) throw error;
    waiting.push(bytes);
  });
  const flush = async (): Promise<void> => {
    const bytes = Buffer.concat(waiting);
    waiting = [];
    if (bytes.length > 0) await write(bytes);
  };
  return {
    async add(name, how, eachPiece) {
      const entry = how === "deflated" ? new ZipDeflate(name) : new ZipPassThrough(name);
      zip.add(Object.assign(entry, { mtime: noTime() }));
      await eachPiece(async (piece) => {
        entry.push(piece);
        await flush();
      });
      entry.push(new Uint8Array(), true);
      await flush();
    },
    async end() {
      zip.end();
      await flush();
    },
  };
}

/** The first moment that a zip can tell. It tells local time, and that would tell where its writer is. */
function noTime(): Date {
  return new Date(1980, 0, 1);
}

// In all of these the bytes are compressed already: to deflate them again takes time and gains nothing.
const compressed: readonly RegExp[] = [
  /^(?:audio|video)\//u,
  /^image\/(?!svg|bmp|tiff|x-)/u,
  /^font\/woff/u,
  /^application\/(?:zip|gzip|pdf|epub|java-archive|vnd\.rar|x-7z|x-bzip|x-rar|x-xz|zstd)/u,
  /^application\/vnd\.(?:openxmlformats-officedocument|oasis\.opendocument|apache\.parquet)/u,
];

/** True if bytes of this media type are already compressed. */
export function isCompressed(mediaType: string): boolean {
  return compressed.some((pattern) => pattern.test(mediaType));
}
