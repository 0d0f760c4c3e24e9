import type { Contents } from "../core/ports/contents.ts";
import { createThread } from "../threads/thread.ts";

/** Where contents are kept. */
export interface ContentsOptions {
  /** The built or source file of `contents-thread.ts`. */
  readonly thread: string | URL;
  /** The folder in which `blobs` lies; created by the first `take`. */
  readonly folder: string;
}

/** The contents of this machine's files, read in a thread that the first call starts. `close` ends it; running calls reject with `AbortError`. */
export function createContents(options: ContentsOptions): Contents & { close(): Promise<void> } {
  const thread = createThread(options.thread, options.folder);
  return {
    inspect: (uri, maxBytes, signal) => thread.call("inspect", [uri, maxBytes], { signal }),
    take: (uri, maxBytes, signal) => thread.call("take", [uri, maxBytes], { signal }),
    read: (source, signal) => thread.call("read", [source], { signal }),
    close: () => thread.close(),
  };
}
