import { commands, window, workspace, type Disposable } from "vscode";
import { sweepCopies, type Sweep, type SweepOptions } from "../core/files/expire.ts";
import { sweepUploads } from "../core/files/sweep-uploads.ts";
import { isAbort } from "../core/errors.ts";
import type { ProviderEntry } from "../core/ports/provider.ts";
import type { StoreFaultKind } from "../core/ports/upkeep.ts";
import type { StoredCopy } from "../core/ports/copies.ts";
import { counted, formatDuration } from "../core/session/format.ts";
import { nameOf } from "../core/session/session.ts";
import type { Parts } from "./parts.ts";
import { readExpiryRule } from "./settings.ts";
import { settlePartsFor } from "./upload-parts.ts";

/** The first sweep of a window waits until its start is long over. */
const firstAfter = 60_000;
const every = 3_600_000;
const namedAtMost = 3;

/** Ends the time of stored copies: a while after the window's start and then every hour, as long as the window is open. */
export function keepHouse(parts: Parts, isStoreThere: () => Promise<boolean>): Disposable {
  let isTidied = false;
  const run = async (): Promise<void> => {
    try {
      // Who never used Satchel in this window or another has nothing to sweep, and gets no store by it.
      if (!(await isStoreThere())) return;
      await sweepNow(parts);
      await forgetTexts(parts);
      await settleOpenUploads(parts);
      if (!isTidied) await tidy(parts);
      isTidied = true;
    } catch (error) {
      if (!isAbort(error)) parts.report.log.warn(String(error));
    }
  };
  const first = setTimeout(() => void run(), firstAfter);
  const hourly = setInterval(() => void run(), every);
  return {
    dispose() {
      clearTimeout(first);
      clearInterval(hourly);
    },
  };
}

/** What processes that died left behind, which nobody needs to be asked about. */
const tidied: ReadonlySet<StoreFaultKind> = new Set([
  "copy-unknown",
  "copy-uncounted",
  "file-leftover",
  "context-behind",
]);

async function tidy({ upkeep, report }: Parts): Promise<void> {
  const found = await upkeep.verify({ copies: "none" });
  const faults = found.faults.filter(({ kind }) => tidied.has(kind));
  if (faults.length > 0) await upkeep.mend({ ...found, faults });
  const left = found.faults.length - faults.length;
  if (left > 0) report.log.warn(`${counted(left, "fault")} in the store: run Verify Store`);
}

/** What was sent expires as copies do: of old requests the numbers stay, and the texts go. */
async function forgetTexts({ ledger, report }: Parts): Promise<void> {
  const { lifetime } = readExpiryRule();
  if (lifetime === 0) return;
  const count = await ledger.forgetTexts(lifetime);
  if (count > 0) report.log.info(`The texts of ${counted(count, "request")} have expired`);
}

/** Settles at each configured provider what crashes and lost replies have left in doubt. Nothing is asked where nothing is. */
async function settleOpenUploads(parts: Parts): Promise<void> {
  if (!workspace.isTrusted) return;
  for (const { entry, isConfigured } of await parts.connections.states()) {
    if (!isConfigured || !entry.capabilities.files) continue;
    // One that cannot be reached keeps nothing from the others; the next hour tries again.
    await settleAt(parts, entry).catch((error: unknown) => parts.report.log.warn(String(error)));
  }
}

async function settleAt(parts: Parts, { id, name }: ProviderEntry): Promise<void> {
  const own = settlePartsFor(parts, await parts.connections.open(id));
  const sweep = await sweepUploads(own, {}, new AbortController().signal);
  const count = sweep.adopted.length + sweep.closed.length + sweep.deleted.length;
  if (count > 0) parts.report.log.info(`Settled ${counted(count, "upload")} at ${name}`);
}

/** Sweeps the stored copies once, and tells what the user should know of it. */
export async function sweepNow(parts: Parts, options: SweepOptions = {}): Promise<Sweep> {
  const rule = readExpiryRule();
  const run = parts.operations.command("sweep");
  const sweep = await sweepCopies({ ...parts, run }, rule, options);
  if (sweep.announced.length > 0) void announce(sweep.announced, rule.lifetime);
  if (sweep.lost.length > 0) void tellLost(sweep);
  return sweep;
}

async function announce(copies: readonly StoredCopy[], lifetime: number): Promise<void> {
  const choice = await window.showInformationMessage(
    `Satchel keeps a copy of what it sends and uploads for ${formatDuration(lifetime)}. In an hour it moves ${those(copies)} to its trash. Your own files and the session stay as they are; what you pin never expires.`,
    "Change…",
  );
  if (choice === "Change…") {
    await commands.executeCommand("workbench.action.openSettings", "@ext:satchel.satchel expire");
  }
}

async function tellLost({ lost }: Sweep): Promise<void> {
  // Several sessions may have shown one file.
  const names = [...new Set(lost.map(({ uri }) => nameOf(uri)))];
  const choice = await window.showInformationMessage(
    `${listed(names)} ${names.length === 1 ? "was" : "were"} not on disk any more, and the last copy has expired: it lies in Satchel's trash.`,
    "Restore…",
  );
  if (choice === "Restore…") await commands.executeCommand("satchel.restoreFromTrash");
}

function those(copies: readonly StoredCopy[]): string {
  const names = listed(copies.map(({ name }) => name));
  return `${counted(copies.length, "expired copy")} (${names})`;
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, namedAtMost).join(", ");
  return names.length > namedAtMost ? `${shown}, …` : shown;
}
