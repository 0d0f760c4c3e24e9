import { commands, Uri, window, type QuickPickItem } from "vscode";
import { findDuplicates, type DuplicateGroup } from "../../core/files/dedup.ts";
import { counted } from "../../core/session/format.ts";
import { pathInWorkspace } from "../../core/session/path.ts";
import { nameOf, type SessionFile, type SessionView } from "../../core/session/session.ts";
import type { SessionFileChange } from "../../core/ports/registry.ts";
import { addToSession, tellFailures } from "../add.ts";
import type { Parts } from "../parts.ts";
import type { CommandHandlers } from "./register.ts";
import { selectFiles, urisOf } from "./select.ts";

type FileCommands = Pick<
  CommandHandlers,
  | "satchel.addFiles"
  | "satchel.removeFiles"
  | "satchel.openFile"
  | "satchel.pin"
  | "satchel.unpin"
  | "satchel.evict"
  | "satchel.returnToContext"
  | "satchel.findDuplicates"
  | "satchel.refresh"
>;

/** Commands about the files of the active session. */
export function fileCommands(parts: Parts): FileCommands {
  const change =
    (title: string, values: SessionFileChange, where: (file: SessionFile) => boolean) =>
    async (...args: unknown[]): Promise<void> => {
      const views = await selectFiles(parts.active, args, {
        title,
        where: ({ file }) => where(file),
      });
      await parts.registry.changeFiles(views.map(({ file }) => ({ id: file.id, change: values })));
    };
  return {
    "satchel.addFiles": async (...args) => {
      const uris = urisOf(args);
      tellFailures(parts, await addToSession(parts, uris.length > 0 ? uris : await chooseFiles()));
    },
    "satchel.removeFiles": async (...args) => removeFiles(parts, args),
    "satchel.openFile": async (...args) => openFile(parts, args),
    "satchel.pin": change("Pin", { pinned: true }, (file) => !file.pinned),
    "satchel.unpin": change("Unpin", { pinned: false }, (file) => file.pinned),
    "satchel.evict": change(
      "Evict from Context",
      { evicted: true, context: "out" },
      (file) => !file.evicted,
    ),
    "satchel.returnToContext": change(
      "Return to Context",
      { evicted: false, outReason: undefined },
      (file) => file.evicted,
    ),
    "satchel.findDuplicates": async () => mergeDuplicates(parts),
    "satchel.refresh": async () => parts.active.refresh(),
  };
}

async function chooseFiles(): Promise<readonly string[]> {
  const uris = await window.showOpenDialog({
    canSelectMany: true,
    openLabel: "Add to Session",
    title: "Add Files to Session",
  });
  return (uris ?? []).map(String);
}

async function removeFiles(parts: Parts, args: readonly unknown[]): Promise<void> {
  const views = await selectFiles(parts.active, args, { title: "Remove from Session" });
  if (views.length === 0) return;
  const files = views.map(({ file }) => file);
  await parts.registry.removeFiles(files.map(({ id }) => id));
  const names = files.length === 1 && files[0] ? nameOf(files[0].uri) : `${files.length} files`;
  await offerUndo(
    `Removed ${names} from the session. The files on disk and at providers stay.`,
    () => parts.registry.restoreFiles(files),
  );
}

async function openFile(parts: Parts, args: readonly unknown[]): Promise<void> {
  const views = await selectFiles(parts.active, args, { title: "Open" });
  for (const { file } of views) await commands.executeCommand("vscode.open", Uri.parse(file.uri));
}

async function mergeDuplicates(parts: Parts): Promise<void> {
  const session = await parts.active.view();
  const groups = findDuplicates(session?.files ?? []);
  if (!session || groups.length === 0) {
    void window.showInformationMessage("No two files of this session have equal content.");
    return;
  }
  const picked = await window.showQuickPick(
    groups.map((group) => groupItem(group, session)),
    {
      title: "Duplicates: Equal Content",
      placeHolder: "Merging keeps one session file of each group. The files on disk stay.",
      canPickMany: true,
    },
  );
  const removed = (picked ?? []).flatMap(({ group }) => group.others.map(({ file }) => file));
  if (removed.length === 0) return;
  await parts.registry.removeFiles(removed.map(({ id }) => id));
  await offerUndo(`Merged ${counted(removed.length, "duplicate")}. The files on disk stay.`, () =>
    parts.registry.restoreFiles(removed),
  );
}

interface GroupItem extends QuickPickItem {
  readonly group: DuplicateGroup;
}

function groupItem(group: DuplicateGroup, { session }: SessionView): GroupItem {
  const { keep, others } = group;
  const pathOf = ({ file }: { readonly file: SessionFile }): string =>
    pathInWorkspace(file.uri, session.workspace);
  return {
    label: `Keep ${pathOf(keep)}`,
    description: `remove ${others.map(pathOf).join(", ")}`,
    picked: true,
    group,
  };
}

/** The message does not hold up the command: undo works as long as it is on screen. */
async function offerUndo(message: string, undo: () => Promise<void>): Promise<void> {
  const choice = await window.showInformationMessage(message, "Undo");
  if (choice === "Undo") await undo();
}
