import type { Digest } from "../files/digest.ts";

/** Says in a few words what a file holds. Reads bytes, runs nothing that they say. */
export interface Digester {
  /** Changes when the same bytes would get another digest: what older versions said is made again. */
  readonly version: number;
  /**
   * The digest of these bytes, which the caller must not change meanwhile. `name` tells the kind where the bytes do not. A file that cannot be looked into within
   * bounds of time and memory has a digest of a version below `version`: it says why, and may be made again. Rejects only with the reason of the signal.
   */
  digest(
    file: {
      readonly contentId: string;
      readonly name: string;
      readonly bytes: Uint8Array<ArrayBuffer>;
    },
    signal?: AbortSignal,
  ): Promise<Digest>;
  close(): Promise<void>;
}
