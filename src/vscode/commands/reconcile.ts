import { window, type QuickPickItem } from "vscode";
import { describeComparison } from "../../core/files/describe-comparison.ts";
import {
  cleanUp,
  compareAccount,
  planCleanup,
  reconcile,
  type CleanupKind,
  type Comparison,
  type Reconciling,
} from "../../core/files/reconcile.ts";
import type { ProviderFile } from "../../core/files/provider-file.ts";
import type { Provider } from "../../core/ports/provider.ts";
import { counted } from "../../core/session/format.ts";
import { nameOf } from "../../core/session/session.ts";
import type { Parts } from "../parts.ts";
import { withCancel } from "../progress.ts";
import { showReport } from "../report-documents.ts";
import { requireTrust } from "../trust.ts";
import { settlePartsFor } from "../upload-parts.ts";
import type { CommandHandlers } from "./register.ts";

/** Commands about everything that lies at one provider. */
export function reconcileCommands(
  parts: Parts,
): Pick<CommandHandlers, "satchel.compareWithProvider" | "satchel.cleanUpProvider"> {
  return {
    "satchel.compareWithProvider": async () => compare(parts),
    "satchel.cleanUpProvider": async () => cleanUpProvider(parts),
  };
}

async function compare(parts: Parts): Promise<void> {
  requireTrust("Comparing with a provider");
  const provider = await chooseProvider(parts, "Compare with Provider");
  if (!provider) return;
  const found = await compareNow(parts, provider);
  await showReport(
    `Compared with ${provider.account.name}`,
    describeComparison(provider.account.name, found),
  );
  const chosen = await choose(found);
  if (!chosen) return;
  const own = { ...settlePartsFor(parts, provider), newId: () => crypto.randomUUID() };
  const run = parts.operations.command("satchel.compareWithProvider");
  await run({ kind: "sync", provider: provider.account.provider }, () =>
    withCancel(`Reconciling with ${provider.account.name}`, (signal) =>
      reconcile(own, chosen, signal),
    ),
  );
  const proof = await compareNow(parts, provider);
  await showReport(
    `Compared with ${provider.account.name}`,
    describeComparison(provider.account.name, proof),
  );
}

async function compareNow(parts: Parts, provider: Provider): Promise<Comparison> {
  const { files } = await parts.active.latest();
  return withCancel(`Comparing with ${provider.account.name}`, (signal) =>
    compareAccount(settlePartsFor(parts, provider), files, signal),
  );
}

interface Action extends QuickPickItem {
  readonly change: Partial<Reconciling>;
}

/** Undefined if there is nothing to do, or the user wants nothing done. */
async function choose(found: Comparison): Promise<Reconciling | undefined> {
  const actions = actionsFor(found);
  if (actions.length === 0) return undefined;
  const picked = await window.showQuickPick(actions, {
    title: "Reconcile",
    placeHolder: "What shall be changed? Nothing was changed so far.",
    canPickMany: true,
  });
  if (!picked || picked.length === 0) return undefined;
  const all = picked.map(({ change }) => change);
  return {
    forget: all.flatMap(({ forget = [] }) => forget),
    remove: all.flatMap(({ remove = [] }) => remove),
    adopt: all.flatMap(({ adopt = [] }) => adopt),
  };
}

function actionsFor({ ghosts, duplicates, candidates }: Comparison): readonly Action[] {
  return [
    ...(ghosts.length > 0
      ? [
          {
            label: `Forget ${counted(ghosts.length, "ghost")}`,
            detail: "Their files are gone at the provider. Uploading again sends them again.",
            picked: true,
            change: { forget: ghosts },
          },
        ]
      : []),
    ...(duplicates.length > 0
      ? [
          {
            label: `Delete ${counted(duplicates.length, "duplicate")} at the provider`,
            detail: "Second copies of uploads that stay.",
            picked: true,
            change: { remove: duplicates },
          },
        ]
      : []),
    ...candidates.map((candidate) => ({
      label: `Adopt ${candidate.remote.name}`,
      description: `as ${nameOf(candidate.view.file.uri)}`,
      detail:
        candidate.evidence === "name-and-size"
          ? "Name and size are equal; the provider does not tell more."
          : "Its content is that of the session file.",
      picked: candidate.evidence !== "name-and-size",
      change: { adopt: [candidate] },
    })),
  ];
}

async function chooseProvider(parts: Parts, title: string): Promise<Provider | undefined> {
  const states = await parts.connections.states();
  const items = states
    .filter(({ entry, isConfigured }) => isConfigured && entry.capabilities.files)
    .map(({ entry }) => ({
      label: entry.name,
      description: `lists ${entry.capabilities.files?.listScope ?? ""}`,
      entry,
    }));
  const picked = await window.showQuickPick(items, { title });
  return picked && parts.connections.open(picked.entry.id);
}

const unusedDays = 30;

const kinds: readonly (QuickPickItem & { readonly which: CleanupKind })[] = [
  { label: "Expired uploads", detail: "Their time is over.", which: "expired" },
  {
    label: "Unused uploads",
    detail: `Not used or looked up for ${unusedDays} days.`,
    which: "unused",
  },
  { label: "All uploads of Satchel", detail: "Of this account, in all sessions.", which: "all" },
];

async function cleanUpProvider(parts: Parts): Promise<void> {
  requireTrust("Cleaning up at a provider");
  const provider = await chooseProvider(parts, "Clean Up Provider");
  const kind = provider && (await window.showQuickPick(kinds, { title: "Clean Up: Which?" }));
  if (!provider || !kind) return;
  const { provider: id, baseUrl, account, name } = provider.account;
  const uploads = await parts.registry.uploads({ provider: id, baseUrl, account });
  const plan = planCleanup(uploads, kind.which, Date.now(), unusedDays * 24 * 3_600_000);
  const chosen = await preview(plan, name);
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

/** Shows what would be deleted; leaving the list is the dry run. */
async function preview(
  plan: readonly ProviderFile[],
  provider: string,
): Promise<readonly ProviderFile[]> {
  if (plan.length === 0) {
    void window.showInformationMessage(`There is nothing to clean up at ${provider}.`);
    return [];
  }
  const items = plan.map((upload) => ({
    label: upload.remoteName,
    description: upload.providerFileId ?? "",
    detail: `uploaded ${new Date(upload.startedAt).toLocaleString()}`,
    picked: true,
    upload,
  }));
  const picked = await window.showQuickPick(items, {
    title: `Would Be Deleted at ${provider}`,
    placeHolder: "Nothing is deleted before you confirm; Escape leaves everything as it is",
    canPickMany: true,
  });
  return (picked ?? []).map(({ upload }) => upload);
}

async function deleteAll(
  parts: Parts,
  provider: Provider,
  plan: readonly ProviderFile[],
): Promise<void> {
  const { name, provider: id } = provider.account;
  const run = parts.operations.command("satchel.cleanUpProvider");
  const failed = await run({ kind: "delete", provider: id }, () =>
    withCancel(`Cleaning up at ${name}`, (signal) =>
      cleanUp(settlePartsFor(parts, provider), plan, signal),
    ),
  );
  for (const { error } of failed) parts.report.error(error);
  const done = plan.length - failed.length;
  void window.showInformationMessage(`${counted(done, "upload")} deleted at ${name}.`);
}
