import { utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { pathToFileURL } from "node:url";
import type { Archives } from "../../src/core/ports/archives.ts";
import type { Contents } from "../../src/core/ports/contents.ts";
import { createContents } from "../../src/store/contents.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const thread = new URL("../../src/store/contents-thread.ts", import.meta.url);

/** True where files have no POSIX permissions. */
export const isWindows: boolean = process.platform === "win32";

/** The size limit of most tests, in bytes. */
export const limit: number = 50_000_000;

/** Contents with a store of their own, and a folder for the files. */
export interface Place {
  readonly contents: Contents & Archives & { close(): Promise<void> };
  readonly folder: string;
  /** Writes a file that was last changed long ago, and returns its URI. */
  readonly file: (name: string, bytes: string | Uint8Array) => string;
  readonly blobOf: (contentId: string) => string;
}

/** Opens contents that are closed when the test ends. */
export function place(t: TestContext): Place {
  const folder = temporaryFolder();
  const store = join(folder, "store");
  const contents = createContents({ thread, folder: store });
  t.after(() => contents.close());
  return {
    contents,
    folder,
    file(name, bytes) {
      const path = join(folder, name);
      writeFileSync(path, bytes);
      settle(path);
      return pathToFileURL(path).href;
    },
    blobOf: (contentId) => join(store, "blobs", contentId.slice(0, 2), contentId.slice(2)),
  };
}

/** Makes a file look as if it was last changed long ago. */
export function settle(path: string): void {
  utimesSync(path, new Date(), new Date(Date.now() - 60_000));
}
