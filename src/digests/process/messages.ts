/** To a process that reads files: one file, then its bytes in parts, and no other file before its answer. */
export type ToProcess =
  | {
      readonly kind: "file";
      readonly contentId: string;
      readonly name: string;
      /** In bytes. */
      readonly size: number;
    }
  | { readonly kind: "part"; readonly bytes: Uint8Array };

/** From a process that reads files. */
export type FromProcess =
  | { readonly kind: "ready" }
  | {
      readonly kind: "digest";
      /** As JSON: nothing else than plain values leaves the process. */
      readonly json: string;
      /** Bytes of memory that the process holds now. */
      readonly resident: number;
    };
