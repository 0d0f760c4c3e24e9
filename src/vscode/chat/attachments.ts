import { Uri, type ChatPromptReference } from "vscode";
import type { GoneReason } from "../../core/context/text/render.ts";
import { whyUnreadable } from "../../core/context/set-scene.ts";
import type { ContextError } from "../../core/errors.ts";
import { nameOf } from "../../core/session/session.ts";
import type { RunOperation } from "../../core/operations/run.ts";
import { addToSession } from "../add.ts";
import type { Parts } from "../parts.ts";

/** A file that cannot join the session. */
export interface NotAdded {
  readonly path: string;
  /** For the model. */
  readonly reason: GoneReason;
  /** For the user. */
  readonly sentence: string;
}

/** What became of the files that came with a question. */
export interface Attached {
  /** Session files that the question is about. */
  readonly uris: readonly string[];
  /** Those that cannot be added: they do not stop the answer. */
  readonly notAdded: readonly NotAdded[];
}

/** Files attached with `#` become session files. */
export async function addAttachments(
  parts: Parts,
  references: readonly ChatPromptReference[],
  run: RunOperation,
): Promise<Attached> {
  // VS Code lists references from the last in the prompt to the first.
  const uris = references.toReversed().filter(isChosen).flatMap(uriOf);
  const outcomes = await addToSession(parts, uris, run);
  return {
    uris: outcomes.flatMap(({ kind, uri }) => (kind === "added" ? [uri] : [])),
    notAdded: outcomes.flatMap((outcome) =>
      outcome.kind === "failed" ? [notAdded(outcome.uri, outcome.error)] : [],
    ),
  };
}

function notAdded(uri: string, { code, message }: ContextError): NotAdded {
  return { path: nameOf(uri), reason: whyUnreadable(code), sentence: message };
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
