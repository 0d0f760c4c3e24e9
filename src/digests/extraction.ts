import type { Digest } from "../core/files/digest.ts";
import type { Pause } from "./pause.ts";

/** A file as an extractor sees it: of the name, only the extension counts. */
export interface FileBytes {
  /** In lower case, undefined if the name has none. */
  readonly extension: string | undefined;
  readonly bytes: Buffer;
}

/** A digest without what every digest has. */
export type Extraction = Omit<Digest, "contentId" | "version">;

/**
 * Says what the bytes hold, undefined if they are not of its kind: a function of the file alone, which throws at no bytes.
 * It awaits `pause` between chunks, and rejects as that does.
 */
export type Extractor = (file: FileBytes, pause: Pause) => Promise<Extraction | undefined>;
