import { window } from "vscode";
import { ContextError, type ContextErrorCode } from "../../core/errors.ts";
import { providerState, type ProviderFile } from "../../core/files/provider-file.ts";
import { removeUpload } from "../../core/files/remove-upload.ts";
import type { RunOperation } from "../../core/operations/run.ts";
import type { Provider } from "../../core/ports/provider.ts";
import { counted } from "../../core/session/format.ts";
import { nameOf, type FileView, type SessionFile } from "../../core/session/session.ts";
import { confirmMuch, providerItems, showAdvice, tellRefusal } from "../advice.ts";
import type { Parts } from "../parts.ts";
import { withCancel } from "../progress.ts";
import { setApiKey } from "./keys.ts";
import type { CommandHandlers } from "./register.ts";
import { requireTrust } from "../trust.ts";
import { uploadOne, type UploadResult } from "../upload-file.ts";
import { selectFiles } from "./select.ts";

/** Commands about files at providers. */
export function uploadCommands(
  parts: Parts,
): Pick<CommandHandlers, "satchel.upload" | "satchel.showAdvice" | "satchel.removeFromProvider"> {
  return {
    "satchel.upload": async (...args) => upload(parts, args),
    "satchel.showAdvice": async (...args) => compare(parts, args),
    "satchel.removeFromProvider": async (...args) => removeFromProvider(parts, args),
  };
}

async function upload(parts: Parts, args: readonly unknown[]): Promise<void> {
  requireTrust("Uploading");
  const views = await selectFiles(parts.active, args, { title: "Upload to Provider" });
  if (views.length === 0) return;
  const provider = await chooseProvider(parts, views);
  if (!provider) return;
  tell(parts, await uploadAll(parts, provider, views), provider.account.name);
}

async function compare(parts: Parts, args: readonly unknown[]): Promise<void> {
  const views = await selectFiles(parts.active, args, { title: "Compare Upload and Send" });
  if (views.length > 0) await showAdvice(parts, views);
}

async function chooseProvider(
  parts: Parts,
  views: readonly FileView[],
): Promise<Provider | undefined> {
  const picked = await window.showQuickPick(providerItems(parts, views), {
    title: "Upload to Provider",
    placeHolder: "Where to?",
  });
  if (!picked) return undefined;
  if (picked.refusal !== undefined) {
    tellRefusal(picked, views);
    return undefined;
  }
  if (!(await confirmMuch(picked))) return undefined;
  if (!picked.isConfigured) await setApiKey(parts, picked.entry);
  // Without a key this says what is missing.
  return parts.connections.open(picked.entry.id);
}

/** The same would befall the files that follow. */
const accountFailures: ReadonlySet<ContextErrorCode> = new Set([
  "key-missing",
  "key-rejected",
  "quota-exceeded",
  "upload-capped",
  "provider-busy",
  "provider-unreachable",
]);

/** One result for each file, up to a failure that concerns the whole account. */
async function uploadAll(
  parts: Parts,
  provider: Provider,
  views: readonly FileView[],
): Promise<readonly UploadResult[]> {
  const { name } = provider.account;
  const [only] = views;
  const what = views.length === 1 && only ? nameOf(only.file.uri) : counted(views.length, "file");
  const results: UploadResult[] = [];
  const run = parts.operations.command("satchel.upload");
  // One after the other: new accounts allow few requests at a time, and equal files find each other's upload.
  await withCancel(`Uploading ${what} to ${name}`, async (signal) => {
    for (const { file } of views) {
      const result = await uploadOne({ ...parts, provider, run }, file, signal);
      results.push(result);
      if (result.kind === "failed" && accountFailures.has(result.error.code)) return;
    }
  });
  return results;
}

/** Failures are shown one by one, each with its way out; the rest in one line. */
function tell(parts: Parts, results: readonly UploadResult[], provider: string): void {
  for (const result of results) if (result.kind === "failed") parts.report.error(result.error);
  const count = (kind: UploadResult["kind"]): number =>
    results.filter((result) => result.kind === kind).length;
  const sentences = [
    ...(count("uploaded") > 0
      ? [`${counted(count("uploaded"), "file")} uploaded to ${provider}`]
      : []),
    ...(count("already") > 0
      ? [`${counted(count("already"), "file")} already there: nothing sent`]
      : []),
    ...(count("declined") > 0 ? [`${counted(count("declined"), "file")} not allowed`] : []),
  ];
  if (sentences.length > 0) void window.showInformationMessage(`${sentences.join("; ")}.`);
}

async function removeFromProvider(parts: Parts, args: readonly unknown[]): Promise<void> {
  const views = await selectFiles(parts.active, args, {
    title: "Remove from Provider",
    where: ({ providerFiles }) => providerFiles.some(isRemovable),
  });
  const removals = await chooseUploads(views);
  const uploads = removals.map((removal) => removal.upload);
  if (uploads.length === 0) return;
  const remove = uploads.length === 1 ? "Remove" : `Remove ${uploads.length}`;
  const choice = await window.showWarningMessage(
    uploads.length === 1
      ? `Remove ${uploads[0]?.remoteName} from ${uploads[0]?.provider}?`
      : `Remove ${uploads.length} uploads from their providers?`,
    {
      modal: true,
      detail: "The session and your own files stay. Uploading again sends the bytes again.",
    },
    remove,
  );
  if (choice !== remove) return;
  const title = `Removing ${uploads.length === 1 ? "an upload" : `${uploads.length} uploads`}`;
  const run = parts.operations.command("satchel.removeFromProvider");
  await withCancel(title, async (signal) => {
    for (const removal of removals) await removeOne({ ...parts, run }, removal, signal);
  });
}

/** An upload that is to be removed, and the file that it is known by. */
interface Removal {
  readonly upload: ProviderFile;
  readonly file: SessionFile;
}

async function chooseUploads(views: readonly FileView[]): Promise<readonly Removal[]> {
  const items = views.flatMap(({ file, providerFiles }) =>
    providerFiles.filter(isRemovable).map((candidate) => ({
      label: `${nameOf(file.uri)} at ${candidate.provider}`,
      description: candidate.providerFileId ?? "",
      detail: candidate.remoteName,
      upload: candidate,
      file,
      picked: true,
    })),
  );
  if (items.length <= 1) return items;
  const picked = await window.showQuickPick(items, {
    title: "Remove from Provider",
    canPickMany: true,
  });
  return picked ?? [];
}

function isRemovable(candidate: ProviderFile): boolean {
  const state = providerState(candidate, Date.now());
  return state === "ready" || state === "expiring" || state === "expired";
}

async function removeOne(
  { registry, connections, run }: Parts & { readonly run: RunOperation },
  { upload: candidate, file: { sessionId, uri } }: Removal,
  signal: AbortSignal,
): Promise<void> {
  const { contentId, provider: providerId } = candidate;
  await run({ kind: "delete", sessionId, uri, contentId, provider: providerId }, async () => {
    const provider = await connections.openAccount(candidate);
    if (!provider) {
      throw new ContextError(
        "provider-rejected",
        `${candidate.remoteName} was uploaded with another account or server of ${providerId}; set that one up to remove it`,
        { provider: providerId },
      );
    }
    await removeUpload({ registry, provider }, candidate, signal);
  });
}
