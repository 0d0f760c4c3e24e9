import type { Digester } from "../core/ports/digester.ts";
import { keptPlain } from "./detect/binary.ts";
import { extensionOf } from "./detect/file-extension.ts";
import { usualLimits, type Limits } from "./process/limits.ts";
import { Pool } from "./process/pool.ts";
import { unreadVersion, version } from "./version.ts";

export interface DigesterOptions {
  /** The file of the processes: `digests-process.ts`, or its bundle. */
  readonly process: string | URL;
  readonly limits?: Partial<Limits>;
}

/**
 * A digester that reads files in processes of their own, since a parser may hang, crash or take all memory: then the file is kept as a plain one, and the next
 * one gets a new process. What says so has a version of its own: the same file may be read on a machine that is less busy.
 */
export function createDigester(options: DigesterOptions): Digester {
  const pool = new Pool(options.process, { ...usualLimits, ...options.limits });
  return {
    version,
    async digest(file, signal) {
      const outcome = await pool.run(file, signal);
      if ("digest" in outcome) return outcome.digest;
      const { contentId, name, bytes } = file;
      const extension = extensionOf(name);
      const extraction = keptPlain({ extension, size: bytes.length }, outcome.reason);
      return { contentId, version: unreadVersion, ...extraction };
    },
    close: () => pool.close(),
  };
}
