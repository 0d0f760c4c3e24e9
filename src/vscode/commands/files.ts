import { commands, Uri, window, type QuickPickItem } from "vscode";
import type { OperationKind } from "../../core/operations/operation.ts";
import { runOnFiles } from "../../core/operations/on-files.ts";
import type { RunOperation } from "../../core/operations/run.ts";
import { findDuplicates, type DuplicateGroup } from "../../core/files/dedup.ts";
import { counted } from "../../core/session/format.ts";
import { pathInWorkspace } from "../../core/session/path.ts";
import { nameOf, type SessionFile, type SessionView } from "../../core/session/session.ts";
import type { SessionFileChange } from "../../core/ports/registry.ts";
import { addToSession, tellFailures } from "../add.ts";
import type { CommandId } from "../names.ts";
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
  return {
    "satchel.addFiles": async (...args) => {
      const uris = urisOf(args);
      const run = parts.operations.command("satchel.addFiles");
      const chosen = uris.length > 0 ? uris : await chooseFiles();
      tellFailures(parts, await addToSession(parts, chosen, run));
    },
    "satchel.removeFiles": async (...args) => removeFiles(parts, args),
    "satchel.openFile": async (...args) => openFile(parts, args),
    ...changeCommands(parts),
    "satchel.findDuplicates": async () => mergeDuplicates(parts),
    "satchel.refresh": async () => parts.active.refresh(),
  };
}

/** A command that sets the same values in each chosen file. */
interface Changing {
  readonly title: string;
  readonly kind: OperationKind;
  readonly values: SessionFileChange;
  readonly where: (file: SessionFile) => boolean;
}

const changings = {
  "satchel.pin": {
    title: "Pin",
    kind: "metadata_change",
    values: { pinned: true },
    where: (file) => !file.pinned,
  },
  "satchel.unpin": {
    title: "Unpin",
    kind: "metadata_change",
    values: { pinned: false },
    where: (file) => file.pinned,
  },
  "satchel.evict": {
    title: "Evict from Context",
    kind: "evict",
    values: { evicted: true, context: "out" },
    where: (file) => !file.evicted,
  },
  "satchel.returnToContext": {
    title: "Return to Context",
    kind: "evict",
    values: { evicted: false, outReason: undefined },
    where: (file) => file.evicted,
  },
} as const satisfies Partial<Record<CommandId, Changing>>;

type ChangeId = keyof typeof changings;

function changeCommands(parts: Parts): Pick<FileCommands, ChangeId> {
  const command =
    (id: ChangeId) =>
    async (...args: unknown[]): Promise<void> =>
      changeFiles(parts, args, id);
  return {
    "satchel.pin": command("satchel.pin"),
    "satchel.unpin": command("satchel.unpin"),
    "satchel.evict": command("satchel.evict"),
    "satchel.returnToContext": command("satchel.returnToContext"),
  };
}

async function changeFiles(parts: Parts, args: readonly unknown[], id: ChangeId): Promise<void> {
  const { title, kind, values, where }: Changing = changings[id];
  const views = await selectFiles(parts.active, args, { title, where: ({ file }) => where(file) });
  const files = views.map(({ file }) => file);
  await runOnFiles(parts.operations.command(id), kind, files, () =>
    parts.registry.changeFiles(files.map((file) => ({ id: file.id, change: values }))),
  );
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
  const names = files.length === 1 && files[0] ? nameOf(files[0].uri) : `${files.length} files`;
  await takeOut(parts, files, {
    run: parts.operations.command("satchel.removeFiles"),
    kind: "metadata_change",
    message: `Removed ${names} from the session. The files on disk and at providers stay.`,
  });
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
  await takeOut(parts, removed, {
    run: parts.operations.command("satchel.findDuplicates"),
    kind: "dedup",
    message: `Merged ${counted(removed.length, "duplicate")}. The files on disk stay.`,
  });
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

interface TakingOut {
  readonly run: RunOperation;
  readonly kind: OperationKind;
  /** Says what was done. */
  readonly message: string;
}

/** Takes files out of the session. The message does not hold up the command: undo works as long as it is on screen. */
async function takeOut(
  parts: Parts,
  files: readonly SessionFile[],
  { run, kind, message }: TakingOut,
): Promise<void> {
  await runOnFiles(run, kind, files, () => parts.registry.removeFiles(files.map(({ id }) => id)));
  const choice = await window.showInformationMessage(message, "Undo");
  if (choice !== "Undo") return;
  await runOnFiles(run, "metadata_change", files, () => parts.registry.restoreFiles(files));
}
