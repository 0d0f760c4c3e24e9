import type { Turns } from "../../threads/turns.ts";
import { checkFiles } from "./check-files.ts";
import { mendFiles } from "./mend-files.ts";
import type { FileUpkeep } from "./upkeep.ts";

/** The care of the store's files in the contents' thread. */
export function fileUpkeep(folder: string, turns: Turns): FileUpkeep {
  return {
    checkFiles: (copies, signal) => checkFiles(folder, copies, { turns, signal, now: Date.now() }),
    mendFiles: (faults, signal) => mendFiles(folder, faults, { turns, signal, now: Date.now() }),
  };
}
