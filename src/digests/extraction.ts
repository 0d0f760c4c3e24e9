import type { Digest } from "../core/files/digest.ts";
import type { Pause } from "./pause.ts";

/** A file as an extractor sees it: of the name, only the extension counts. */
export interface FileBytes {
  /** In lower case, undefined if the name has none. */
  readonly extension: string | undefined;
  /** In bytes. */
  readonly size: number;
  /** All bytes, for formats that must be read whole. */
  readonly bytes: Buffer;
  /** Bytes from `start` up to `end`, without reading the others; fewer at the end of the file. */
  read(start: number, end: number): Buffer;
}

/** A file whose bytes are in memory. */
export function fileInMemory(bytes: Buffer, extension: string | undefined): FileBytes {
  return {
    extension,
    size: bytes.length,
    bytes,
    read: (start, end) => bytes.subarray(start, end),
  };
}

/** A digest without what every digest has. */
export type Extraction = Omit<Digest, "contentId" | "version">;

/**
 * Says what the bytes hold, undefined if they are not of its kind: a function of the file alone, which throws at no bytes.
 * It awaits `pause` between chunks, and rejects as that does.
 */
export type Extractor = (file: FileBytes, pause: Pause) => Promise<Extraction | undefined>;
