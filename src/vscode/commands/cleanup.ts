import { window, type QuickPickItem } from "vscode";
import { deleteOurs } from "../../core/files/delete-ours.ts";
import {
  cleanUp,
  compareAccount,
  planCleanup,
  type CleanupKind,
} from "../../core/files/reconcile.ts";
import { removeUpload } from "../../core/files/remove-upload.ts";
import type { Provider } from "../../core/ports/provider.ts";
import { counted } from "../../core/session/format.ts";
import { chooseAccount } from "../choose-account.ts";
import type { Parts } from "../parts.ts";
import { withCancel } from "../progress.ts";
import { requireTrust } from "../trust.ts";
import { settlePartsFor } from "../upload-parts.ts";

/** What a cleanup may be about, in words. */
type Cleanup = CleanupKind | "orphans";

const kinds: readonly (QuickPickItem & { readonly which: Cleanup })[] = [
  { label: "Expired uploads", detail: "Their time is over.", which: "expired" },
  { label: "Unused uploads…", detail: "Not used or looked up for some days.", which: "unused" },
  {
    label: "Orphaned uploads",
    detail: "Second copies, and files of uploads that ended without them.",
    which: "orphans",
  },
  { label: "All uploads of Satchel", detail: "Of this account, in all sessions.", which: "all" },
];

/** Something at the provider that would be deleted. */
interface Doomed extends QuickPickItem {
  remove(signal: AbortSignal): Promise<unknown>;
}

/** Deletes what the user chooses of the uploads at one provider. */
export async function cleanUpProvider(parts: Parts): Promise<void> {
  requireTrust("Cleaning up at a provider");
  const provider = await chooseAccount(parts, "Clean Up Provider");
  const kind = provider && (await window.showQuickPick(kinds, { title: "Clean Up: Which?" }));
  if (!provider || !kind) return;
  const days = kind.which === "unused" ? await askDays() : 0;
  if (days === undefined) return;
  const { name } = provider.account;
  const chosen = await preview(await planFor(parts, provider, { which: kind.which, days }), name);
  if (chosen.length === 0) return;
  const remove = `Delete ${chosen.length}`;
  const answer = await window.showWarningMessage(
    `Delete ${counted(chosen.length, "upload")} at ${name}?`,
    {
      modal: true,
      detail: "Your own files and the sessions stay. Uploading again sends the bytes again.",
    },
    remove,
  );
  if (answer === remove) await deleteAll(parts, provider, chosen);
}

/** Undefined if the user cancels. */
async function askDays(): Promise<number | undefined> {
  const days = await window.showInputBox({
    title: "Unused for How Many Days?",
    value: "30",
    validateInput: (text) => (/^\d{1,4}$/u.test(text) ? undefined : "Enter a number of days"),
  });
  return days === undefined ? undefined : Number(days);
}

async function planFor(
  parts: Parts,
  provider: Provider,
  { which, days }: { readonly which: Cleanup; readonly days: number },
): Promise<readonly Doomed[]> {
  const own = settlePartsFor(parts, provider);
  if (which === "orphans") {
    const { duplicates } = await withCancel(`Comparing with ${provider.account.name}`, (signal) =>
      compareAccount(own, [], signal),
    );
    return duplicates.map(({ upload, remote }) =>
      doomed({ label: remote.name, id: remote.id, at: remote.createdAt }, (signal) =>
        deleteOurs(own, upload, remote, signal),
      ),
    );
  }
  const { provider: id, baseUrl, account } = provider.account;
  const uploads = await parts.registry.uploads({ provider: id, baseUrl, account });
  return planCleanup(uploads, which, Date.now(), days * 24 * 3_600_000).map((upload) =>
    doomed(
      { label: upload.remoteName, id: upload.providerFileId, at: upload.startedAt },
      (signal) => removeUpload(own, upload, signal),
    ),
  );
}

interface Named {
  readonly label: string;
  readonly id: string | undefined;
  readonly at: number | undefined;
}

function doomed({ label, id = "", at }: Named, remove: Doomed["remove"]): Doomed {
  const detail = at === undefined ? "" : `uploaded ${new Date(at).toLocaleString()}`;
  return { label, description: id, detail, picked: true, remove };
}

/** Shows what would be deleted; leaving the list is the dry run. */
async function preview(plan: readonly Doomed[], provider: string): Promise<readonly Doomed[]> {
  if (plan.length === 0) {
    void window.showInformationMessage(`There is nothing to clean up at ${provider}.`);
    return [];
  }
  const picked = await window.showQuickPick(plan, {
    title: `Would Be Deleted at ${provider}`,
    placeHolder: "Nothing is deleted before you confirm; Escape leaves everything as it is",
    canPickMany: true,
  });
  return picked ?? [];
}

async function deleteAll(parts: Parts, provider: Provider, plan: readonly Doomed[]): Promise<void> {
  const { name, provider: id } = provider.account;
  const run = parts.operations.command("satchel.cleanUpProvider");
  const failed = await run({ kind: "delete", provider: id }, () =>
    withCancel(`Cleaning up at ${name}`, (signal) => cleanUp(plan, signal)),
  );
  for (const error of failed) parts.report.error(error);
  const done = plan.length - failed.length;
  void window.showInformationMessage(`${counted(done, "upload")} deleted at ${name}.`);
}
