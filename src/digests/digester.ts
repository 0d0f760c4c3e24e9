import type { Digester } from "../core/ports/digester.ts";
import { createThread } from "../threads/thread.ts";
import { version } from "./version.ts";

export interface DigesterOptions {
  /** The file of the thread: `digests-thread.ts`, or its bundle. */
  readonly thread: string | URL;
}

/** A digester whose thread is started by the first digest, and again by the next one after it died: then digests under way reject. */
export function createDigester(options: DigesterOptions): Digester {
  const thread = createThread(options.thread);
  return {
    version,
    digest({ contentId, name, bytes }, signal) {
      // A view of a larger buffer, such as Node's pool, cannot be handed over without the rest.
      const own = bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes);
      const file = { contentId, name, bytes: own };
      return thread.call("digest", [file], { signal, transfer: [own.buffer] });
    },
    close: () => thread.close(),
  };
}
