import { window, type QuickPickItem } from "vscode";
import { describeComparison } from "../../core/files/describe-comparison.ts";
import {
  compareAccount,
  reconcile,
  type Comparison,
  type Reconciling,
} from "../../core/files/reconcile.ts";
import type { Provider } from "../../core/ports/provider.ts";
import { counted } from "../../core/session/format.ts";
import { nameOf } from "../../core/session/session.ts";
import { chooseAccount } from "../choose-account.ts";
import type { Parts } from "../parts.ts";
import { withCancel } from "../progress.ts";
import { showReport } from "../report-documents.ts";
import { requireTrust } from "../trust.ts";
import { settlePartsFor } from "../upload-parts.ts";
import { cleanUpProvider } from "./cleanup.ts";
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
  const provider = await chooseAccount(parts, "Compare with Provider");
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
    // The report beside it is to be read meanwhile.
    ignoreFocusOut: true,
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
