import { Uri, type ChatPromptReference } from "vscode";
import type { RunOperation } from "../../core/operations/run.ts";
import { addToSession } from "../add.ts";
import type { Parts } from "../parts.ts";

/** Files attached with `#` become session files. Returns a sentence for each that cannot be added: it does not stop the answer. */
export async function addAttachments(
  parts: Parts,
  references: readonly ChatPromptReference[],
  run: RunOperation,
): Promise<readonly string[]> {
  // VS Code lists references from the last in the prompt to the first.
  const uris = references.toReversed().filter(isChosen).flatMap(uriOf);
  const outcomes = await addToSession(parts, uris, run);
  return outcomes.flatMap((outcome) => (outcome.kind === "failed" ? [outcome.error.message] : []));
}

/** VS Code attaches the file in the active editor by itself, too: the user did not ask for that one to stay. */
function isChosen({ id }: ChatPromptReference): boolean {
  return !id.startsWith("vscode.implicit");
}

/** A selection is attached as a `Location`: its whole file becomes a session file. */
function uriOf({ value }: ChatPromptReference): readonly string[] {
  if (value instanceof Uri) return [value.toString()];
  const isLocation =
    typeof value === "object" && value !== null && "uri" in value && value.uri instanceof Uri;
  return isLocation ? [String(value.uri)] : [];
}
