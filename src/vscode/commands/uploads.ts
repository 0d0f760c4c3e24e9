import { window } from "vscode";
import { ContextError, isContextError, type ContextErrorCode } from "../../core/errors.ts";
import { providerState, type ProviderFile } from "../../core/files/provider-file.ts";
import { removeUpload, uploadFile, type UploadOutcome } from "../../core/files/upload.ts";
import type { Provider } from "../../core/ports/provider.ts";
import { counted } from "../../core/session/format.ts";
import { nameOf, type FileView, type SessionFile } from "../../core/session/session.ts";
import { confirmSecret } from "../confirm.ts";
import type { Parts } from "../parts.ts";
import { withCancel } from "../progress.ts";
import { readSettings } from "../settings.ts";
import { setApiKey } from "./keys.ts";
import type { CommandHandlers } from "./register.ts";
import { requireTrust } from "../trust.ts";
import { selectFiles } from "./select.ts";

/** Commands about files at providers. */
export function uploadCommands(
  parts: Parts,
): Pick<CommandHandlers, "satchel.upload" | "satchel.removeFromProvider"> {
  return {
    "satchel.upload": async (...args) => upload(parts, args),
    "satchel.removeFromProvider": async (...args) => removeFromProvider(parts, args),
  };
}

async function upload(parts: Parts, args: readonly unknown[]): Promise<void> {
  requireTrust("Uploading");
  const views = await selectFiles(parts.active, args, { title: "Upload to Provider" });
  if (views.length === 0) return;
  const provider = await chooseProvider(parts);
  if (!provider) return;
  tell(parts, await uploadAll(parts, provider, views), provider.account.name);
}

async function chooseProvider(parts: Parts): Promise<Provider | undefined> {
  const states = await parts.connections.states();
  const items = states.map(({ entry, isConfigured }) => ({
    label: entry.name,
    description: isConfigured ? "" : "no API key yet: choose to set one",
    entry,
    isConfigured,
  }));
  const picked = await window.showQuickPick(items, {
    title: "Upload to Provider",
    placeHolder: "Where to?",
  });
  if (!picked) return undefined;
  if (!picked.isConfigured && !(await setApiKey(parts, picked.entry))) {
    throw new ContextError(
      "key-missing",
      `${picked.entry.name} has no API key yet; set one to upload there`,
      {
        provider: picked.entry.name,
      },
    );
  }
  return parts.connections.open(picked.entry.id);
}

type Result = UploadOutcome | { readonly kind: "failed"; readonly error: ContextError };

/** The same would befall the files that follow. */
const accountFailures: ReadonlySet<ContextErrorCode> = new Set([
  "key-missing",
  "key-rejected",
  "provider-busy",
  "provider-unreachable",
]);

/** One result for each file, up to a failure that concerns the whole account. */
async function uploadAll(
  parts: Parts,
  provider: Provider,
  views: readonly FileView[],
): Promise<readonly Result[]> {
  const { name } = provider.account;
  const [only] = views;
  const what = views.length === 1 && only ? nameOf(only.file.uri) : counted(views.length, "file");
  const results: Result[] = [];
  // One after the other: new accounts allow few requests at a time, and equal files find each other's upload.
  await withCancel(`Uploading ${what} to ${name}`, async (signal) => {
    for (const { file } of views) {
      const result = await uploadOne(parts, provider, file, signal);
      results.push(result);
      if (result.kind === "failed" && accountFailures.has(result.error.code)) return;
    }
  });
  return results;
}

async function uploadOne(
  parts: Parts,
  provider: Provider,
  file: SessionFile,
  signal: AbortSignal,
): Promise<Result> {
  const { maxBytes, lifetime } = readSettings();
  const uploadParts = {
    registry: parts.registry,
    contents: parts.contents,
    provider,
    confirm: confirmSecret("Upload", `to ${provider.account.name}`),
    now: Date.now,
    newId: () => crypto.randomUUID(),
  };
  try {
    return await uploadFile(uploadParts, file, { maxBytes, lifetime }, signal);
  } catch (error) {
    if (isContextError(error)) return { kind: "failed", error };
    throw error;
  }
}

/** Failures are shown one by one, each with its way out; the rest in one line. */
function tell(parts: Parts, results: readonly Result[], provider: string): void {
  for (const result of results) if (result.kind === "failed") parts.report.error(result.error);
  const count = (kind: Result["kind"]): number =>
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
  const uploads = await chooseUploads(views);
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
  await withCancel(title, async (signal) => {
    for (const candidate of uploads) await removeOne(parts, candidate, signal);
  });
}

async function chooseUploads(views: readonly FileView[]): Promise<readonly ProviderFile[]> {
  const items = views.flatMap((view) =>
    view.providerFiles.filter(isRemovable).map((candidate) => ({
      label: `${nameOf(view.file.uri)} at ${candidate.provider}`,
      description: candidate.providerFileId ?? "",
      detail: candidate.remoteName,
      candidate,
      picked: true,
    })),
  );
  if (items.length <= 1) return items.map(({ candidate }) => candidate);
  const picked = await window.showQuickPick(items, {
    title: "Remove from Provider",
    canPickMany: true,
  });
  return (picked ?? []).map(({ candidate }) => candidate);
}

function isRemovable(candidate: ProviderFile): boolean {
  const state = providerState(candidate, Date.now());
  return state === "ready" || state === "expiring" || state === "expired";
}

async function removeOne(
  parts: Parts,
  candidate: ProviderFile,
  signal: AbortSignal,
): Promise<void> {
  const provider = await parts.connections.openAccount(candidate);
  if (!provider) {
    throw new ContextError(
      "provider-rejected",
      `${candidate.remoteName} was uploaded with another account or server of ${candidate.provider}; set that one up to remove it`,
      { provider: candidate.provider },
    );
  }
  await removeUpload({ registry: parts.registry, provider }, candidate, signal);
}
