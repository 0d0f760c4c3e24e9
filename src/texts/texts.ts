import type { Differ } from "../core/ports/differ.ts";
import type { TextSearch } from "../core/ports/text-search.ts";
import { createThread } from "../threads/thread.ts";
import { comparedLength, searchedLength } from "./limits.ts";

export interface TextsOptions {
  /** The file of the thread: `texts-thread.ts`, or its bundle. */
  readonly thread: string | URL;
}

/** Searches and compares texts in a thread of its own. */
export interface ThreadTexts extends TextSearch, Differ {
  /** Ends the thread, and forgets all texts; calls under way reject with an `AbortError`. A later call starts it again. */
  close(): Promise<void>;
}

/** Searches and compares in a thread that the first call starts, and the next one after it died: then calls under way reject, and no text is known. */
export function createTexts(options: TextsOptions): ThreadTexts {
  const thread = createThread(options.thread);
  return {
    unknown: (contentIds) => thread.call("unknown", [contentIds]),
    // What would not be looked at need not be copied into the thread.
    learn: (contentId, text, signal) =>
      thread.call("learn", [contentId, text.slice(0, searchedLength)], { signal }),
    search: (question, contentIds, limit, signal) =>
      thread.call("search", [{ question, contentIds, limit }], { signal }),
    async diff(before, after, signal) {
      if (before.length + after.length > comparedLength) return undefined;
      return thread.call("diff", [before, after], { signal });
    },
    close: () => thread.close(),
  };
}
