import { window } from "vscode";
import { emptyTrash } from "../../core/files/expire.ts";
import type { TrashedCopy } from "../../core/ports/copies.ts";
import { shortId } from "../../core/files/content.ts";
import { counted, formatBytes, formatDuration } from "../../core/session/format.ts";
import { nameOf } from "../../core/session/session.ts";
import type { Parts } from "../parts.ts";
import { readExpiryRule } from "../settings.ts";
import type { CommandHandlers } from "./register.ts";

/** Commands about expired copies. */
export function trashCommands(
  parts: Parts,
): Pick<CommandHandlers, "satchel.restoreFromTrash" | "satchel.emptyTrash"> {
  return {
    "satchel.restoreFromTrash": async () => restore(parts),
    "satchel.emptyTrash": async () => empty(parts),
  };
}

async function restore(parts: Parts): Promise<void> {
  const copies = await trashOrSayEmpty(parts);
  if (copies.length === 0) return;
  const picked = await window.showQuickPick(copies.map(itemOf), {
    title: "Restore from Trash",
    placeHolder: "Restored copies begin their time anew",
    canPickMany: true,
    matchOnDetail: true,
  });
  if (!picked || picked.length === 0) return;
  const run = parts.operations.command("satchel.restoreFromTrash");
  for (const { copy } of picked) {
    const { contentId, bytes, files } = copy;
    await run({ kind: "metadata_change", contentId, uri: files[0]?.uri }, async (operation) => {
      await parts.copies.restoreCopy(contentId);
      operation.tell({ bytes });
    });
  }
  await offerFiles(
    parts,
    picked.map(({ copy }) => copy),
  );
}

/** A session file whose own file is gone has its bytes in the store alone: they can be written back to where it was. */
async function offerFiles(parts: Parts, restored: readonly TrashedCopy[]): Promise<void> {
  const summary = `Restored ${restored.map(({ name }) => name).join(", ")}`;
  const sources = new Map(
    restored.flatMap(({ contentId, files }) =>
      files.map(({ uri }) => [uri, { contentId, uri }] as const),
    ),
  );
  if (sources.size === 0) {
    void window.showInformationMessage(`${summary}.`);
    return;
  }
  const choice = await window.showInformationMessage(
    `${summary}. ${counted(sources.size, "file")} ${sources.size === 1 ? "is" : "are"} not on disk any more.`,
    "Write Back to Disk",
  );
  if (choice !== "Write Back to Disk") return;
  for (const source of sources.values()) await parts.contents.putBack(source);
  await parts.active.refresh();
}

async function empty(parts: Parts): Promise<void> {
  const copies = await trashOrSayEmpty(parts);
  if (copies.length === 0) return;
  const bytes = copies.reduce((sum, copy) => sum + copy.bytes, 0);
  const choice = await window.showWarningMessage(
    `Delete the ${counted(copies.length, "file")} in Satchel's trash for good?`,
    {
      modal: true,
      detail: `This frees ${formatBytes(bytes)}. Your own files are not touched.`,
    },
    "Delete",
  );
  if (choice !== "Delete") return;
  const run = parts.operations.command("satchel.emptyTrash");
  await emptyTrash({ ...parts, run }, readExpiryRule());
}

async function trashOrSayEmpty({ copies }: Parts): Promise<readonly TrashedCopy[]> {
  const trash = await copies.trash(readExpiryRule());
  if (trash.length === 0) void window.showInformationMessage("Satchel's trash is empty.");
  return trash;
}

function itemOf(copy: TrashedCopy): {
  label: string;
  description: string;
  detail: string;
  copy: TrashedCopy;
} {
  const { contentId, bytes, name, timeLeft, files } = copy;
  const left = timeLeft > 0 ? `${formatDuration(timeLeft)} left` : "about to be deleted";
  const back = [...new Set(files.map(({ uri }) => nameOf(uri)))].join(", ");
  return {
    label: name,
    description: `${formatBytes(bytes)} · ${left}`,
    detail:
      back === ""
        ? `the copy ${shortId(contentId)}`
        : `the copy ${shortId(contentId)}, and ${back} in its session`,
    copy,
  };
}
