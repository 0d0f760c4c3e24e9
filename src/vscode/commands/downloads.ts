import { Uri, window, workspace } from "vscode";
import { ContextError } from "../../core/errors.ts";
import { isHeld } from "../../core/files/account-use.ts";
import { cannotDownload, downloadFile } from "../../core/files/download.ts";
import type { ProviderFile } from "../../core/files/provider-file.ts";
import type { Provider, ProviderEntry } from "../../core/ports/provider.ts";
import { counted, formatBytes } from "../../core/session/format.ts";
import { nameOf, type FileView, type SessionFile } from "../../core/session/session.ts";
import type { Parts } from "../parts.ts";
import { withCancel } from "../progress.ts";
import { requireTrust } from "../trust.ts";
import type { CommandHandlers } from "./register.ts";
import { selectFiles } from "./select.ts";

const title = "Download from Provider";

/** Commands that fetch files from providers. */
export function downloadCommands(parts: Parts): Pick<CommandHandlers, "satchel.downloadFile"> {
  return { "satchel.downloadFile": async (...args) => download(parts, args) };
}

/** An upload that could be downloaded, where it lies, and the file that it is known by. */
interface Choice {
  readonly upload: ProviderFile;
  readonly entry: ProviderEntry;
  readonly file: SessionFile;
}

async function download(parts: Parts, args: readonly unknown[]): Promise<void> {
  requireTrust("Downloading");
  const choice = await chooseUpload(await choicesOf(parts, await viewsFor(parts, args)));
  const target = choice && (await chooseTarget(choice.file));
  if (!choice || !target) return;
  const name = nameOf(choice.file.uri);
  const from = choice.entry.name;
  const bytes = await downloadTo(parts, choice, target);
  void window.showInformationMessage(
    `Downloaded ${name} from ${from} to ${nameOf(target.toString())}, ${formatBytes(bytes)}.`,
  );
}

/** The uploaded files among the rows that the command was called on; all of the session if it was called on none. */
async function viewsFor({ active }: Parts, args: readonly unknown[]): Promise<readonly FileView[]> {
  const views =
    args.length > 0
      ? await selectFiles(active, args, { title, where: isUploaded })
      : ((await active.view())?.files ?? []).filter(isUploaded);
  if (views.length === 0) {
    void window.showInformationMessage(`${title}: nothing of that is at a provider.`);
  }
  return views;
}

function isUploaded({ providerFiles }: FileView): boolean {
  return providerFiles.some((upload) => isHeld(upload, Date.now()));
}

/** The uploads that can be downloaded. Throws if there are some, and none of their providers gives files back. */
async function choicesOf(
  { connections }: Parts,
  views: readonly FileView[],
): Promise<readonly Choice[]> {
  const entries = (await connections.states()).map(({ entry }) => entry);
  const choices = views.flatMap(({ file, providerFiles }) =>
    providerFiles
      .filter((upload) => isHeld(upload, Date.now()))
      .flatMap((upload) => {
        const entry = entries.find(({ id }) => id === upload.provider);
        return entry ? [{ upload, entry, file }] : [];
      }),
  );
  const [first] = choices;
  const possible = choices.filter(({ entry }) => entry.capabilities.files?.downloads);
  if (!first || possible.length > 0) return possible;
  const names = new Set(choices.map(({ entry }) => entry.name));
  const what = views.length === 1 ? nameOf(first.file.uri) : counted(views.length, "file");
  throw cannotDownload([...names].join(" and "), what);
}

async function chooseUpload(choices: readonly Choice[]): Promise<Choice | undefined> {
  if (choices.length <= 1) return choices[0];
  const items = choices.map((choice) => ({
    label: `${nameOf(choice.file.uri)} at ${choice.entry.name}`,
    description: choice.upload.purpose,
    detail: choice.upload.remoteName,
    choice,
  }));
  const picked = await window.showQuickPick(items, { title, placeHolder: "Which upload?" });
  return picked?.choice;
}

/** Where the file is to go: never where something is already. */
async function chooseTarget({ uri }: SessionFile): Promise<Uri | undefined> {
  const name = nameOf(uri).replace(/(?<=.)(\.[^.]*)?$/u, " (downloaded)$1");
  for (;;) {
    const target = await window.showSaveDialog({
      title,
      saveLabel: "Download",
      defaultUri: Uri.joinPath(Uri.parse(uri), "..", name),
    });
    if (!target || !(await isThere(target))) return target;
    await window.showWarningMessage(`${nameOf(target.toString())} is there already`, {
      modal: true,
      detail: "Satchel writes over no file. Choose another name.",
    });
  }
}

async function isThere(target: Uri): Promise<boolean> {
  return workspace.fs.stat(target).then(
    () => true,
    () => false,
  );
}

/** Downloads as a logged operation. Returns how many bytes were written. */
async function downloadTo(
  { registry, connections, operations }: Parts,
  { upload, entry, file: { sessionId, uri } }: Choice,
  target: Uri,
): Promise<number> {
  const file = nameOf(uri);
  const { contentId, provider } = upload;
  const run = operations.command("satchel.downloadFile");
  return run({ kind: "download", sessionId, uri, contentId, provider }, (operation) =>
    withCancel(`Downloading ${file} from ${entry.name}`, async (signal) => {
      const account = await accountOf(connections, upload, entry);
      const bytes = await downloadFile({ registry, provider: account, file }, upload, signal);
      signal.throwIfAborted();
      await writeNew(target, bytes);
      operation.tell({ bytes: bytes.length });
      return bytes.length;
    }),
  );
}

async function accountOf(
  connections: Parts["connections"],
  upload: ProviderFile,
  { name }: ProviderEntry,
): Promise<Provider> {
  const provider = await connections.openAccount(upload);
  if (provider) return provider;
  throw new ContextError(
    "provider-rejected",
    `${upload.remoteName} was uploaded with another account or server of ${name}; set that one up to download it`,
    { provider: name },
  );
}

/** Writes a file whole or not at all, and only where none is. */
async function writeNew(target: Uri, bytes: Uint8Array): Promise<void> {
  const part = target.with({ path: `${target.path}.${crypto.randomUUID()}.part` });
  try {
    await workspace.fs.writeFile(part, bytes);
    await workspace.fs.rename(part, target, { overwrite: false });
  } catch (error) {
    await workspace.fs.delete(part).then(undefined, () => undefined);
    const name = nameOf(target.toString());
    throw new ContextError(
      "file-unwritable",
      `${name} could not be written: check the free space and the permissions of its folder, and that nothing of that name is there`,
      { file: name, cause: error },
    );
  }
}
