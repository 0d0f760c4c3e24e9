import type { Archives } from "../core/ports/archives.ts";
import type { Contents } from "../core/ports/contents.ts";
import { createThread } from "../threads/thread.ts";
import type { FileUpkeep } from "./upkeep/upkeep.ts";

/** Where contents are kept. */
export interface ContentsOptions {
  /** The built or source file of `contents-thread.ts`. */
  readonly thread: string | URL;
  /** The folder in which `blobs` lies; created by the first `take` or `readArchive`. */
  readonly folder: string;
}

/**
 * The contents of this machine's files and archives of them, read and written in a thread that the first call starts. `close` ends it;
 * running calls reject with `AbortError`.
 */
export function createContents(
  options: ContentsOptions,
): Contents & Archives & FileUpkeep & { close(): Promise<void> } {
  const thread = createThread(options.thread, options.folder);
  return {
    inspect: (uri, maxBytes, signal) => thread.call("inspect", [uri, maxBytes], { signal }),
    take: (uri, maxBytes, signal) => thread.call("take", [uri, maxBytes], { signal }),
    read: (source, signal) => thread.call("read", [source], { signal }),
    putBack: (source, within, signal) => thread.call("putBack", [source, within], { signal }),
    kept: (contentIds, signal) => thread.call("kept", [contentIds], { signal }),
    writeArchive: (target, session, withContents, signal) =>
      thread.call("writeArchive", [target, session, withContents], { signal }),
    readArchive: (source, signal) => thread.call("readArchive", [source], { signal }),
    checkFiles: (copies, signal) => thread.call("checkFiles", [copies], { signal }),
    mendFiles: (faults, signal) => thread.call("mendFiles", [faults], { signal }),
    readFileContext: (source, signal) => thread.call("readFileContext", [source], { signal }),
    close: () => thread.close(),
  };
}
