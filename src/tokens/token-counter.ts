import type { TokenCounter } from "../core/ports/token-counter.ts";
import { createThread } from "../threads/thread.ts";
import type { TokenFiles } from "./open-tiktoken.ts";

export interface TokenCounterOptions extends TokenFiles {
  /** The file of the thread: `tokens-thread.ts`, or its bundle. */
  readonly thread: string | URL;
}

/** A token counter that works in a thread of its own. */
export interface ThreadTokenCounter extends TokenCounter {
  /** Ends the thread; counts under way reject with an `AbortError`. A later count starts it again. */
  close(): Promise<void>;
}

/** A token counter whose thread is started by the first count, and again by the next one after it died: then counts under way reject. */
export function createTokenCounter(options: TokenCounterOptions): ThreadTokenCounter {
  const files: TokenFiles = { wasm: options.wasm, ranks: options.ranks };
  const thread = createThread(options.thread, files);
  return {
    count: (texts, signal) => thread.call("count", [texts], { signal }),
    countUtf8(bytes, signal) {
      // A view of a larger buffer, such as Node's pool, cannot be handed over without the rest.
      const own = bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes);
      return thread.call("countUtf8", [own], { signal, transfer: [own.buffer] });
    },
    close: () => thread.close(),
  };
}
