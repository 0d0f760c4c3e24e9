import type { Digest } from "../files/digest.ts";

/** Says in a few words what a file holds. Reads bytes, runs nothing that they say. */
export interface Digester {
  /** Changes when the same bytes would get another digest: what older versions said is made again. */
  readonly version: number;
  /** The digest of these bytes, which are handed over: the caller must not use them afterwards. `name` tells the kind where the bytes do not. */
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
