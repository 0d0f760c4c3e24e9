import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

let all: string | undefined;

/** A new folder that is removed when the process ends, after everything in it was closed. */
export function temporaryFolder(): string {
  all ??= allFolders();
  return mkdtempSync(join(all, "test-"));
}

function allFolders(): string {
  const folder = mkdtempSync(join(tmpdir(), "satchel-store-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
