import { window } from "vscode";
import {
  describeMend,
  describeRebuild,
  describeStore,
  isSound,
} from "../../core/upkeep/describe.ts";
import type { StoreReport, VerifyOptions } from "../../core/ports/upkeep.ts";
import { counted } from "../../core/session/format.ts";
import { sweepNow } from "../housekeeping.ts";
import type { Parts } from "../parts.ts";
import { withCancel } from "../progress.ts";
import { showReport } from "../report-documents.ts";
import type { CommandHandlers } from "./register.ts";

/** Commands about the store as a whole. */
export function storeCommands(
  parts: Parts,
): Pick<CommandHandlers, "satchel.verifyStore" | "satchel.rebuildStore" | "satchel.expireNow"> {
  return {
    "satchel.verifyStore": async () => verify(parts),
    "satchel.rebuildStore": async () => rebuild(parts),
    "satchel.expireNow": async () => expireNow(parts),
  };
}

const depths: readonly { label: string; detail: string; copies: VerifyOptions["copies"] }[] = [
  { label: "Everything", detail: "Reads every stored copy from end to end.", copies: "all" },
  {
    label: "Database and a sample of the copies",
    detail: "Reads some copies that chance chooses.",
    copies: "sample",
  },
  { label: "Database only", detail: "Reads no copy.", copies: "none" },
];

async function verify(parts: Parts): Promise<void> {
  const depth = await window.showQuickPick(depths, {
    title: "Verify Store",
    placeHolder: "How much? Verifying changes nothing.",
  });
  if (!depth) return;
  const report = await withCancel("Verifying Satchel's store", (signal) =>
    parts.upkeep.verify({ copies: depth.copies }, signal),
  );
  await showReport("Satchel Store", describeStore(report));
  await offerHelp(parts, report);
}

async function offerHelp(parts: Parts, report: StoreReport): Promise<void> {
  const kinds = new Set(report.faults.map(({ kind }) => kind));
  if (kinds.has("database-damaged") || kinds.has("database-missing")) {
    const choice = await window.showWarningMessage(
      "The database of Satchel's store is damaged.",
      "Rebuild Store…",
    );
    if (choice === "Rebuild Store…") await rebuild(parts);
    return;
  }
  if (isSound(report)) {
    void window.showInformationMessage("Satchel's store is sound.");
    return;
  }
  const choice = await window.showWarningMessage(
    `Found ${counted(report.faults.length, "fault")} in Satchel's store.`,
    "Mend What Is Safe",
  );
  if (choice !== "Mend What Is Safe") return;
  const mended = await withCancel("Mending Satchel's store", (signal) =>
    parts.upkeep.mend(report, signal),
  );
  await showReport("Satchel Store", describeMend(mended));
  await parts.active.refresh();
}

async function rebuild(parts: Parts): Promise<void> {
  const choice = await window.showWarningMessage(
    "Make Satchel's database anew?",
    {
      modal: true,
      detail:
        "Sessions, files, uploads and findings are taken from what can be read of the old database and from the saved file contexts. The old database is kept in the quarantine.",
    },
    "Rebuild",
  );
  if (choice !== "Rebuild") return;
  const report = await withCancel("Rebuilding Satchel's store", () => parts.upkeep.rebuild());
  await showReport("Satchel Store", describeRebuild(report));
  await parts.active.refresh();
}

/** The sweep that comes every hour anyway, for who does not want to wait for it. */
async function expireNow(parts: Parts): Promise<void> {
  const { expired, deleted } = await sweepNow(parts, { isToldNow: true });
  const sentences = [
    `${counted(expired.length, "expired copy")} moved to the trash`,
    `${counted(deleted.length, "copy")} deleted`,
  ];
  void window.showInformationMessage(`${sentences.join(", ")}.`);
}
