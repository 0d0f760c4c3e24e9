import { statSync } from "node:fs";
import type { Content, ContentId } from "../core/files/content.ts";
import type { Digest } from "../core/files/digest.ts";
import type { ProviderFile, UploadKey } from "../core/files/provider-file.ts";
import { ContextError } from "../core/errors.ts";
import type { Phases } from "../core/ports/phases.ts";
import type { Registry } from "../core/ports/registry.ts";
import { counted } from "../core/session/format.ts";
import type { Session, SessionPage, SessionView } from "../core/session/session.ts";
import type { SessionSnapshot } from "../core/session/snapshot.ts";
import { databaseFile } from "./connection.ts";
import { contextFilePath } from "./context-file.ts";
import { uploadKeyColumns } from "./rows.ts";
import { savedIds, savedSession, savedSessions, type SavedSession } from "./saved-sessions.ts";

/** The error of everything that would change a store, or that only its database knows, where this program has no SQLite. */
export function readOnly(folder: string): ContextError {
  return new ContextError("store-read-only", whyReadOnly(folder));
}

/** Why nothing can be changed, what is still to be had, and what can be done. */
export function whyReadOnly(folder: string): string {
  const unreadable = savedSessions(folder).filter(({ kind }) => kind === "unreadable");
  const incomplete =
    unreadable.length === 0
      ? ""
      : ` (except ${counted(unreadable.length, "session")} whose saved file cannot be read: ${unreadable.map(({ path }) => path).join(", ")})`;
  return (
    `This program has no built-in SQLite, so Satchel cannot open its store ${databaseFile(folder)}. ` +
    `Nothing is lost, and what was saved can be seen${incomplete}; to change anything, update VS Code, or Node.js to 22.13 or later`
  );
}

/** What can be answered from saved sessions alone. */
export type Answerable = Pick<
  Registry & Phases,
  | "sessions"
  | "view"
  | "page"
  | "content"
  | "uploads"
  | "digests"
  | "phases"
  | "findings"
  | "snapshot"
>;

type WholeSession = Extract<SavedSession, { kind: "whole" }>;

type Answers = {
  [K in keyof Answerable]: (
    ...args: Parameters<Answerable[K]>
  ) => Awaited<ReturnType<Answerable[K]>>;
};

/** Answers the methods of the registry that only read from the sessions that are saved in `folder`, and no others. */
export function readOnlyAnswers(folder: string): Answers {
  const all = rememberSaved(folder);
  const whole = (): readonly SessionSnapshot[] =>
    all().flatMap((saved) => (saved.kind === "whole" ? [saved.snapshot] : []));
  const found = (sessionId: string): WholeSession | undefined => find(folder, all(), sessionId);
  return {
    sessions: (workspace) => sessionsIn(all(), workspace),
    view(sessionId) {
      const session = found(sessionId);
      return session && viewOf(session.snapshot);
    },
    page(sessionId, from, limit) {
      const session = found(sessionId);
      return session && pageOf(session, from, limit);
    },
    content: (contentId) => contentIn(whole(), contentId),
    uploads: (key) => uploadsIn(whole(), key),
    digests: (contentIds) => digestsIn(whole(), contentIds),
    phases: (sessionId) => found(sessionId)?.snapshot.phases ?? [],
    findings: (sessionId) => found(sessionId)?.snapshot.findings ?? [],
    snapshot: (sessionId) => found(sessionId)?.snapshot,
  };
}

/** The saved sessions, each read again only when its file has changed. */
function rememberSaved(folder: string): () => readonly SavedSession[] {
  const read = new Map<string, { stamp: string; saved: SavedSession | undefined }>();
  return () =>
    savedIds(folder).flatMap((id) => {
      const stamp = stampOf(contextFilePath(folder, id));
      const known = read.get(id);
      if (known?.stamp === stamp) return known.saved ?? [];
      const saved = savedSession(folder, id);
      read.set(id, { stamp, saved });
      return saved ?? [];
    });
}

function stampOf(file: string): string {
  try {
    const stats = statSync(file, { bigint: true });
    return `${stats.ino} ${stats.size} ${stats.mtimeNs}`;
  } catch {
    return "";
  }
}

/** The sessions of a workspace, oldest first. Then those that cannot be read, so that the list never looks complete when it is not. */
function sessionsIn(saved: readonly SavedSession[], workspace: string): readonly Session[] {
  const readable = saved.flatMap((session) =>
    session.kind === "whole" && session.snapshot.session.workspace === workspace
      ? [session.snapshot.session]
      : [],
  );
  const unreadable = saved.flatMap(({ kind, id, path }): readonly Session[] =>
    kind === "unreadable"
      ? [{ id, name: `Cannot be read: ${path}`, workspace, fence: "", createdAt: 0 }]
      : [],
  );
  return [...readable.toSorted((one, other) => one.createdAt - other.createdAt), ...unreadable];
}

/** A saved session; undefined if there is none. Throws for one that cannot be read. */
function find(
  folder: string,
  saved: readonly SavedSession[],
  sessionId: string,
): WholeSession | undefined {
  for (const session of saved) {
    if (session.kind === "whole" && session.snapshot.session.id === sessionId) return session;
  }
  const unreadable = saved.find(({ kind, id }) => kind === "unreadable" && id === sessionId);
  if (!unreadable) return undefined;
  throw new ContextError(
    "store-read-only",
    `The saved session ${unreadable.path} cannot be read. ${whyReadOnly(folder)}`,
  );
}

function viewOf({ session, files, contents, providerFiles }: SessionSnapshot): SessionView {
  const known = new Map(contents.map((content) => [content.contentId, content]));
  const uploads = Map.groupBy(providerFiles, ({ contentId }) => contentId);
  return {
    session,
    files: files.flatMap((file) => {
      const content = known.get(file.contentId);
      const providerFilesOfContent = uploads.get(file.contentId) ?? [];
      return content ? [{ file, content, providerFiles: providerFilesOfContent }] : [];
    }),
  };
}

function pageOf({ snapshot, revision }: WholeSession, from: number, limit: number): SessionPage {
  const { session, files } = viewOf(snapshot);
  const tokens = files.reduce((sum, { content }) => sum + (content.tokens ?? 0), 0);
  const some = { session, files: files.slice(from, from + limit), total: files.length, revision };
  return from === 0 ? { ...some, tokens } : some;
}

function contentIn(saved: readonly SessionSnapshot[], contentId: ContentId): Content | undefined {
  const known = saved.flatMap(({ contents }) =>
    contents.filter((content) => content.contentId === contentId),
  );
  return known.find(({ tokens }) => tokens !== undefined) ?? known[0];
}

function uploadsIn(
  saved: readonly SessionSnapshot[],
  key: Partial<UploadKey>,
): readonly ProviderFile[] {
  const parts = (Object.keys(uploadKeyColumns) as (keyof UploadKey)[]).filter(
    (part) => key[part] !== undefined,
  );
  const wanted = saved
    .flatMap(({ providerFiles }) => providerFiles)
    .filter((upload) => parts.every((part) => upload[part] === key[part]));
  const once = new Map(wanted.map((upload) => [upload.id, upload]));
  return [...once.values()].toSorted((one, other) => other.startedAt - one.startedAt);
}

function digestsIn(
  saved: readonly SessionSnapshot[],
  contentIds: readonly ContentId[],
): readonly Digest[] {
  const known = new Map(
    saved.flatMap(({ digests }) => digests.map((digest) => [digest.contentId, digest])),
  );
  return contentIds.flatMap((contentId) => known.get(contentId) ?? []);
}
