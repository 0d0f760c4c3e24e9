import { window } from "vscode";
import { addFiles, type AddOutcome } from "../core/files/add.ts";
import { confirmSecret } from "./confirm.ts";
import type { Parts } from "./parts.ts";
import { withCancel } from "./progress.ts";
import { readSettings } from "./settings.ts";

/** Adds files to the active session, whichever way they came: menu, drop or chat. One outcome for each. */
export async function addToSession(
  parts: Parts,
  uris: readonly string[],
): Promise<readonly AddOutcome[]> {
  if (uris.length === 0) return [];
  return parts.active.inTurn(({ session }) =>
    withCancel("Adding files to the session", (signal) =>
      addFiles(
        { ...parts, confirm: confirmSecret("Add", "to the session") },
        { sessionId: session.id, uris, maxBytes: readSettings().maxBytes, signal },
      ),
    ),
  );
}

const namedAtMost = 3;

/** Says which files were not added, and why: one with its way out, several in one message. */
export function tellFailures(parts: Parts, outcomes: readonly AddOutcome[]): void {
  const failures = outcomes.filter((outcome) => outcome.kind === "failed");
  const [only] = failures;
  if (failures.length === 1 && only) parts.report.error(only.error);
  if (failures.length < 2) return;
  const sentences = failures.map(({ error }) => error.message);
  parts.report.log.warn(sentences.join("\n"));
  const named = sentences.slice(0, namedAtMost).join("; ");
  const more = sentences.length > namedAtMost ? "; …" : "";
  void window.showWarningMessage(
    `${failures.length} of ${outcomes.length} files were not added: ${named}${more}.`,
  );
}
