import { window, workspace } from "vscode";
import { describeDigest } from "../../core/files/describe-digest.ts";
import type { Digest } from "../../core/files/digest.ts";
import { makeMissingDigests } from "../../core/files/make-digests.ts";
import { nameOf, type FileView } from "../../core/session/session.ts";
import type { Parts } from "../parts.ts";
import { withCancel } from "../progress.ts";
import { showReport } from "../report-documents.ts";
import { requireTrust } from "../trust.ts";
import type { CommandHandlers } from "./register.ts";
import { selectFile } from "./select.ts";

/** Commands about what is known of what files hold. */
export function digestCommands(parts: Parts): Pick<CommandHandlers, "satchel.showDigest"> {
  return { "satchel.showDigest": async (...args) => show(parts, args) };
}

async function show(parts: Parts, args: readonly unknown[]): Promise<void> {
  const view = await selectFile(parts.active, args, { title: "Show Digest" });
  if (!view) return;
  const name = nameOf(view.file.uri);
  const digest = await newestDigest(parts, view, name);
  if (digest) {
    const title = `Digest of ${name.replaceAll(/[/\\]/gu, "-")}`;
    await showReport(title, describeDigest(name, digest));
  } else {
    void window.showWarningMessage(
      `There is no digest of ${name}: what the session holds of it cannot be read now. Run "Satchel: Refresh" and try again.`,
    );
  }
}

/** The digest as this version makes it. In a folder that the user does not trust nothing is parsed: there, one that was made before, if any. */
async function newestDigest(
  parts: Parts,
  view: FileView,
  name: string,
): Promise<Digest | undefined> {
  const read = async (): Promise<Digest | undefined> =>
    (await parts.phases.digests([view.content.contentId]))[0];
  const known = await read();
  const isNewest = known?.version === parts.digester.version;
  if (isNewest || (known && !workspace.isTrusted)) return known;
  requireTrust("Making digests");
  await withCancel(`Making the digest of ${name}`, (signal) =>
    makeMissingDigests(parts, [view], signal),
  );
  return read();
}
