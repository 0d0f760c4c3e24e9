import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const places = new Map<string, string>();

/** A new folder, among the temporary files or in `place`, that is removed when the process ends, after everything in it was closed. */
export function temporaryFolder(place: string = tmpdir()): string {
  const all = places.get(place) ?? allFolders(place);
  places.set(place, all);
  return mkdtempSync(join(all, "test-"));
}

function allFolders(place: string): string {
  const folder = mkdtempSync(join(place, "satchel-store-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
