import type { PresentFile } from "../gather.ts";
import type { LedgerMessage, ShownFile } from "./ledger.ts";
import { shownFile, type Scene } from "../scene.ts";
import { excerptFiles } from "../packing/short-forms.ts";

/** Session file → what a log tells of it in short and has not taken back: names, digests, lines. */
export type Told = ReadonlyMap<string, ReadonlySet<string>>;

/** Reads from a log what it tells of files in short. */
export function toldIn(log: readonly LedgerMessage[]): Told {
  const told = new Map<string, Set<string>>();
  for (const { blocks } of log) {
    for (const { kind, files } of blocks) {
      for (const file of files) {
        if (kind === "gone") told.delete(file.id);
        else if (isShort(file))
          told.set(file.id, (told.get(file.id) ?? new Set()).add(keyOf(file)));
      }
    }
  }
  return told;
}

/** True if a log tells of a file already what it would be told so. */
export function isTold(
  told: Told,
  scene: Scene,
  file: PresentFile,
  kind: ShownFile["representation"],
): boolean {
  const known = told.get(file.view.file.id);
  if (!known) return false;
  const shown = kind === "excerpt" ? excerptFiles(scene, file) : [shownFile(file, kind)];
  return shown.every((one) => isShort(one) && known.has(keyOf(one)));
}

function isShort({ representation }: ShownFile): boolean {
  return representation !== "full" && representation !== "reference";
}

/** A name tells nothing of the content. */
function keyOf({ contentId, representation, lines }: ShownFile): string {
  return representation === "stub"
    ? representation
    : [representation, contentId, ...(lines ?? [])].join(" ");
}
