import { useCopies } from "../files/use-copies.ts";
import type { Archives, WrittenArchive } from "../ports/archives.ts";
import type { Contents, ContentSource } from "../ports/contents.ts";
import type { Copies } from "../ports/copies.ts";
import type { Phases } from "../ports/phases.ts";
import { fromPortable, toPortable, type ImportOptions } from "./portable.ts";
import type { Session } from "./session.ts";

export interface ShareParts {
  readonly phases: Phases;
  readonly archives: Archives;
}

/** A session to be written to a `.satchel` file. */
export interface Export {
  readonly session: Session;
  /** The `file:` URI to write to. */
  readonly target: string;
  /** True to put the files' bytes in, too. */
  readonly withContents: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Writes a session to a `.satchel` file; undefined if the session is gone. */
export async function exportSession(
  { phases, archives }: ShareParts,
  { session, target, withContents, now }: Export,
  signal?: AbortSignal,
): Promise<WrittenArchive | undefined> {
  const snapshot = await phases.snapshot(session.id);
  if (!snapshot) return undefined;
  const sources = [...snapshot.files, ...snapshot.savedFiles];
  return archives.writeArchive(
    target,
    toPortable(snapshot, now),
    withContents ? sources.map(({ contentId, uri }) => ({ contentId, uri })) : [],
    signal,
  );
}

/** What came of an import. */
export interface ImportedSession {
  readonly session: Session;
  readonly files: number;
  /** Files whose bytes came with the session, in its order; the user's folder may lack them. */
  readonly withBytes: readonly ContentSource[];
}

/** Reads a `.satchel` file into a new session. Bytes that came with it are kept as copies, like those of an upload. */
export async function importSession(
  parts: ShareParts & { readonly contents: Contents; readonly copies: Copies },
  source: string,
  options: ImportOptions,
  signal?: AbortSignal,
): Promise<ImportedSession> {
  const archive = await parts.archives.readArchive(source, signal);
  const snapshot = fromPortable(archive.session, options);
  // Tokens decide what is sent: nobody else's word is taken for them.
  const contents = snapshot.contents.map((content) => ({ ...content, tokens: undefined }));
  await parts.phases.addSnapshot({ ...snapshot, contents });
  const included = new Set(archive.contents);
  const withBytes = snapshot.files
    .filter(({ contentId }) => included.has(contentId))
    .map(({ contentId, uri }) => ({ contentId, uri }));
  await useCopies(parts, withBytes, "upload", Number.MAX_SAFE_INTEGER);
  return { session: snapshot.session, files: snapshot.files.length, withBytes };
}
