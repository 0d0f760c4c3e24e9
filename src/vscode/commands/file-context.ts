import { Uri, window, workspace } from "vscode";
import { summaryOf, type FileContext } from "../../core/session/file-context.ts";
import {
  getFileContext,
  hasFileContext,
  saveFileContext,
} from "../../core/session/save-context.ts";
import { findForeignFiles, importFileContext } from "../../core/session/import-context.ts";
import { counted } from "../../core/session/format.ts";
import { addToSession } from "../add.ts";
import type { Parts } from "../parts.ts";
import { withCancel } from "../progress.ts";
import type { CommandHandlers } from "./register.ts";
import { selectFiles } from "./select.ts";

type ContextCommands = Pick<
  CommandHandlers,
  | "satchel.hasFileContext"
  | "satchel.getFileContext"
  | "satchel.saveFileContext"
  | "satchel.showFileContext"
  | "satchel.showFileContextSummary"
  | "satchel.importFileContext"
  | "satchel.clearFileContext"
>;

/** Commands about what the session saves of its files for later phases and for other tools. `fileOf` gives the path of its `file_context.json`. */
export function fileContextCommands(
  parts: Parts,
  fileOf: (sessionId: string) => string,
): ContextCommands {
  const context = { ...parts, now: Date.now };
  return {
    "satchel.hasFileContext": async () => {
      const view = await parts.active.view();
      return view !== undefined && hasFileContext(context, view.session.id);
    },
    "satchel.getFileContext": async () => current(parts),
    "satchel.saveFileContext": async (...args) => save(parts, args),
    "satchel.showFileContext": async () => {
      const found = await currentOrSayNone(parts);
      if (!found) return;
      await parts.phases.writeContexts();
      const file = Uri.file(fileOf(found.session_id));
      await window.showTextDocument(await workspace.openTextDocument(file), { preview: true });
    },
    "satchel.showFileContextSummary": async () => {
      const found = await currentOrSayNone(parts);
      if (found) void window.showInformationMessage(`${summaryOf(found)}.`);
    },
    "satchel.importFileContext": async () => importContext(parts),
    "satchel.clearFileContext": async () => clear(parts),
  };
}

async function current(parts: Parts): Promise<FileContext | undefined> {
  const view = await parts.active.view();
  return view && getFileContext({ ...parts, now: Date.now }, view.session.id);
}

async function currentOrSayNone(parts: Parts): Promise<FileContext | undefined> {
  const found = await current(parts);
  if (found && found.file_count > 0) return found;
  void window.showInformationMessage(
    "This session has no file context yet: add files, and save it for later phases.",
  );
  return undefined;
}

/** Called on rows it saves these files, from the palette all files of the session. */
async function save(parts: Parts, args: readonly unknown[]): Promise<void> {
  const session = await parts.active.ensure();
  const views =
    args.length > 0
      ? await selectFiles(parts.active, args, { title: "Save File Context" })
      : session.files;
  if (views.length === 0) {
    void window.showInformationMessage("This session has no files whose context could be saved.");
    return;
  }
  const run = parts.operations.command("satchel.saveFileContext");
  const saved = await run({ kind: "metadata_change", sessionId: session.session.id }, (operation) =>
    withCancel("Saving the file context", (signal) => {
      for (const { file } of views) operation.file({ uri: file.uri });
      return saveFileContext({ ...parts, now: Date.now }, session, views, signal);
    }),
  );
  await parts.phases.writeContexts();
  const known = saved.files - saved.analysed;
  void window.showInformationMessage(
    `Saved ${counted(saved.files, "file")} for phase ${saved.phase}: ${saved.analysed} analysed now, ${known} known already.`,
  );
}

async function importContext(parts: Parts): Promise<void> {
  const [source] =
    (await window.showOpenDialog({
      title: "Import File Context",
      openLabel: "Import",
      filters: { "File context": ["json"] },
    })) ?? [];
  if (!source) return;
  const foreign = await parts.archives.readFileContext(source.toString());
  const { inside, outside } = findForeignFiles(foreign, parts.active.workspace);
  const wanted = new Map([...inside, ...((await mayAdd(outside)) ? outside : [])]);
  const run = parts.operations.command("satchel.importFileContext");
  const context = {
    ...parts,
    now: Date.now,
    newId: () => crypto.randomUUID(),
    add: (uris: readonly string[]) => addToSession(parts, uris, run),
    view: () => parts.active.latest(),
  };
  const { files, changed, missing } = await withCancel("Importing the file context", (signal) =>
    importFileContext(context, foreign, wanted, signal),
  );
  const sentences = [
    `Imported what was known of ${counted(files, "file")}`,
    ...(changed.length > 0 ? [`changed since: ${changed.join(", ")}`] : []),
    ...(missing.length > 0 ? [`not added: ${missing.join(", ")}`] : []),
  ];
  void window.showInformationMessage(`${sentences.join("; ")}.`);
}

/** Files elsewhere on this machine are read only if the user wants it. */
async function mayAdd(outside: ReadonlyMap<string, { readonly name: string }>): Promise<boolean> {
  if (outside.size === 0) return false;
  const names = [...outside.values()].map(({ name }) => name).join(", ");
  const choice = await window.showWarningMessage(
    `Add ${counted(outside.size, "file")} that ${outside.size === 1 ? "lies" : "lie"} outside of this workspace, too?`,
    { modal: true, detail: names },
    "Add",
  );
  return choice === "Add";
}

async function clear(parts: Parts): Promise<void> {
  const session = await parts.active.ensure();
  const choice = await window.showWarningMessage(
    `Forget what "${session.session.name}" saved for later phases?`,
    {
      modal: true,
      detail:
        "The session's files, their digests and its findings stay; files that the session holds no more leave its file context.",
    },
    "Forget",
  );
  if (choice === "Forget") await parts.phases.clearSavedFiles(session.session.id);
}
