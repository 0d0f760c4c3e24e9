import { isContextError, type ContextError } from "../errors.ts";
import type { Contents, FileFacts } from "../ports/contents.ts";
import type { NewSessionFile, Registry } from "../ports/registry.ts";
import { decoded, nameOf } from "../session/session.ts";
import { mapConcurrently } from "./concurrent.ts";
import { whySensitive, type Confirm } from "./sensitive.ts";

/** What became of one file that was to be added. */
export type AddOutcome =
  | { readonly kind: "added"; readonly uri: string }
  /** The user did not allow a file that looks like a secret. */
  | { readonly kind: "declined"; readonly uri: string }
  | { readonly kind: "failed"; readonly uri: string; readonly error: ContextError };

export interface AddParts {
  readonly registry: Registry;
  readonly contents: Contents;
  readonly confirm: Confirm;
}

export interface AddRequest {
  readonly sessionId: string;
  readonly uris: readonly string[];
  /** Size limit in bytes. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal | undefined;
}

/** Few enough for slow disks, enough to keep a fast one busy. */
const readsAtOnce = 8;

type Inspected =
  | { readonly uri: string; readonly facts: FileFacts }
  | Exclude<AddOutcome, { kind: "added" }>;

/**
 * Adds files to a session: one outcome for each URI, in order. Files that fail or are declined do not keep the others out. A file that looks
 * like a secret is added only after a confirmation that names it.
 */
export async function addFiles(
  parts: AddParts,
  request: AddRequest,
): Promise<readonly AddOutcome[]> {
  const uris = [...new Set(request.uris)];
  const inspected = await mapConcurrently(uris, readsAtOnce, (uri) =>
    inspect(parts.contents, uri, request),
  );
  const allowed: NewSessionFile[] = [];
  const outcomes: AddOutcome[] = [];
  for (const item of inspected) {
    if ("kind" in item) {
      outcomes.push(item);
      continue;
    }
    const { uri, facts } = item;
    const reason = whySensitive(decoded(uri), facts);
    if (reason !== undefined && !(await parts.confirm(nameOf(uri), reason))) {
      outcomes.push({ kind: "declined", uri });
      continue;
    }
    allowed.push({ sessionId: request.sessionId, uri, content: facts.content });
    outcomes.push({ kind: "added", uri });
  }
  request.signal?.throwIfAborted();
  if (allowed.length > 0) await parts.registry.addFiles(allowed);
  return outcomes;
}

async function inspect(contents: Contents, uri: string, request: AddRequest): Promise<Inspected> {
  try {
    return { uri, facts: await contents.inspect(uri, request.maxBytes, request.signal) };
  } catch (error) {
    if (isContextError(error)) return { kind: "failed", uri, error };
    throw error;
  }
}
