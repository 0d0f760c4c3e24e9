import { window } from "vscode";
import { addFiles, type AddOutcome } from "../core/files/add.ts";
import type { OperationErrorCode } from "../core/operations/operation.ts";
import type { Operation, RunOperation } from "../core/operations/run.ts";
import { confirmSecret } from "./confirm.ts";
import type { Parts } from "./parts.ts";
import { withCancel } from "./progress.ts";
import { readSettings } from "./settings.ts";

/** Adds files to the active session, whichever way they came: menu, drop or chat. One outcome for each. `run` belongs to the command that adds them. */
export async function addToSession(
  parts: Parts,
  uris: readonly string[],
  run: RunOperation,
): Promise<readonly AddOutcome[]> {
  if (uris.length === 0) return [];
  const uri = uris.length === 1 ? uris[0] : undefined;
  return parts.active.inTurn(({ session: { id: sessionId } }) =>
    run({ kind: "metadata_change", sessionId, uri }, (operation) =>
      withCancel("Adding files to the session", async (signal) => {
        const outcomes = await addFiles(
          { ...parts, confirm: confirmSecret("Add", "to the session") },
          { sessionId, uris, maxBytes: readSettings().maxBytes, signal },
        );
        tellOutcomes(operation, outcomes);
        return outcomes;
      }),
    ),
  );
}

/** An operation that added nothing has failed. */
function tellOutcomes(operation: Operation, outcomes: readonly AddOutcome[]): void {
  for (const outcome of outcomes) {
    operation.file({ uri: outcome.uri, errorCode: errorCodeOf(outcome) });
  }
  const [first] = outcomes;
  const isVain = outcomes.every(({ kind }) => kind !== "added");
  if (first && isVain) operation.tell({ errorCode: errorCodeOf(first) });
}

function errorCodeOf(outcome: AddOutcome): OperationErrorCode | undefined {
  if (outcome.kind === "failed") return outcome.error.code;
  return outcome.kind === "declined" ? "cancelled" : undefined;
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
