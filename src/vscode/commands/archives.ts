import { Uri, window, workspace, type QuickPickItem } from "vscode";
import { newFence } from "../../core/context/text/fence.ts";
import type { ContentSource } from "../../core/ports/contents.ts";
import { counted, formatBytes } from "../../core/session/format.ts";
import { exportSession, importSession } from "../../core/session/share-session.ts";
import { nameOf, type Session, type SessionView } from "../../core/session/session.ts";
import type { Parts } from "../parts.ts";
import { withCancel } from "../progress.ts";
import type { CommandHandlers } from "./register.ts";

const filters = { "Satchel session": ["satchel"] };

/** Commands about sessions as single files. */
export function archiveCommands(
  parts: Parts,
): Pick<CommandHandlers, "satchel.exportSession" | "satchel.importSession"> {
  return {
    "satchel.exportSession": async () => exportActive(parts),
    "satchel.importSession": async () => importInto(parts),
  };
}

async function exportActive(parts: Parts): Promise<void> {
  const view = await parts.active.ensure();
  const choice = await window.showQuickPick(exportItems(view), {
    title: `Export "${view.session.name}"`,
    placeHolder: "What shall the file hold?",
  });
  if (!choice) return;
  const { session } = view;
  const target = await window.showSaveDialog({
    title: "Export Session",
    filters,
    ...defaultTarget(view.session),
  });
  if (!target) return;
  const run = parts.operations.command("satchel.exportSession");
  const written = await run({ kind: "download", sessionId: session.id }, (operation) =>
    withCancel("Exporting the session", async (signal) => {
      const { withContents } = choice;
      const request = { session, target: target.toString(), withContents, now: Date.now() };
      const archive = await exportSession(parts, request, signal);
      operation.tell({ bytes: archive?.bytes });
      return archive;
    }),
  );
  if (!written) return;
  const lacking = written.missing.length;
  const lack = lacking > 0 ? ` ${counted(lacking, "content")} could not be had any more.` : "";
  void window.showInformationMessage(
    `Exported ${counted(view.files.length, "file")} to ${nameOf(target.toString())}, ${formatBytes(written.bytes)}.${lack}`,
  );
}

interface ExportItem extends QuickPickItem {
  readonly withContents: boolean;
}

function exportItems({ files }: SessionView): readonly ExportItem[] {
  const bytes = files.reduce((sum, { content }) => sum + content.bytes, 0);
  return [
    {
      label: "Without contents",
      detail: "Names, digests, order and findings. Never keys, provider ids or absolute paths.",
      withContents: false,
    },
    {
      label: "With contents",
      detail: `The same, and the bytes of ${counted(files.length, "file")} (${formatBytes(bytes)}), not encrypted.`,
      withContents: true,
    },
  ];
}

function defaultTarget(session: Session): { defaultUri?: Uri } {
  const name = `${session.name.replace(/[^\p{L}\p{N}._ -]+/gu, "_")}.satchel`;
  const [folder] = workspace.workspaceFolders ?? [];
  return folder ? { defaultUri: Uri.joinPath(folder.uri, name) } : {};
}

async function importInto(parts: Parts): Promise<void> {
  const [source] =
    (await window.showOpenDialog({ title: "Import Session", openLabel: "Import", filters })) ?? [];
  if (!source) return;
  const taken = (await parts.active.sessions()).map((session) => session.name);
  const name = freeName(nameOf(source.toString()).replace(/\.satchel$/iu, ""), taken);
  const run = parts.operations.command("satchel.importSession");
  const options = {
    workspace: parts.active.workspace,
    name,
    newId: () => crypto.randomUUID(),
    fence: newFence(),
    now: Date.now(),
  };
  const imported = await run({ kind: "metadata_change", uri: source.toString() }, () =>
    withCancel("Importing the session", (signal) =>
      importSession(parts, source.toString(), options, signal),
    ),
  );
  await parts.active.switchTo(imported.session.id);
  await parts.active.refresh();
  await offerFiles(parts, imported.withBytes);
}

/** Files that came along and are not in the workspace can be created there; what is there is never touched. */
async function offerFiles(parts: Parts, sources: readonly ContentSource[]): Promise<void> {
  const { files } = await parts.active.latest();
  const missing = new Set(
    files.filter(({ file }) => file.disk === "missing").map(({ file }) => file.uri),
  );
  const lacking = sources.filter(({ uri }) => missing.has(uri) && uri.startsWith("file:"));
  const summary = `Imported ${counted(files.length, "file")}`;
  if (lacking.length === 0) {
    const absent = missing.size > 0 ? `; ${missing.size} of them are not in this workspace` : "";
    void window.showInformationMessage(`${summary}${absent}.`);
    return;
  }
  const choice = await window.showInformationMessage(
    `${summary}. ${counted(lacking.length, "file")} came along and are not in this workspace.`,
    "Create Them",
  );
  if (choice !== "Create Them") return;
  for (const source of lacking) await parts.contents.putBack(source, parts.active.workspace);
  await parts.active.refresh();
}

function freeName(name: string, taken: readonly string[]): string {
  if (!taken.includes(name)) return name;
  for (let number = 2; ; number++) {
    const candidate = `${name} (${number})`;
    if (!taken.includes(candidate)) return candidate;
  }
}
