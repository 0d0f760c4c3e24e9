import type { Content, ContentId } from "../files/content.ts";
import type { Digest } from "../files/digest.ts";
import { pathInWorkspace } from "./path.ts";
import type { Finding, Phase, SavedFile } from "./phase.ts";
import { nameOf, type Role, type SessionFile } from "./session.ts";
import type { SessionSnapshot } from "./snapshot.ts";

/** The version of the shape below. A reader refuses a newer one. */
export const portableVersion = 1;

/**
 * What one `.satchel` file says of a session, as plain JSON data. It tells nothing of the machine or of the person that it comes from: no
 * provider, account, key or upload, no absolute path, no fence and no id but content ids. A confirmation to send or upload a
 * file belongs to the person who gave it and is not in it either.
 */
export interface PortableSession {
  readonly format: "satchel-session";
  readonly version: typeof portableVersion;
  readonly name: string;
  /** For example `2026-11-20T08:00:00.000Z`. */
  readonly exportedAt: string;
  /** In the order of the session. */
  readonly files: readonly PortableFile[];
  /** Each content that a file, a saved file or a digest names, once; those of findings as far as they are known. */
  readonly contents: readonly Content[];
  readonly digests: readonly Digest[];
  readonly phases: readonly Omit<Phase, "sessionId">[];
  readonly findings: readonly Omit<Finding, "id" | "sessionId">[];
  readonly savedFiles: readonly PortableSavedFile[];
}

/** A session file in a `.satchel` file. */
export interface PortableFile {
  /** Where the file is in its workspace, with slashes; the bare name of a file outside of it. See `isPortablePath`. */
  readonly path: string;
  readonly role: Role;
  readonly pinned: boolean;
  readonly evicted: boolean;
  readonly contentId: ContentId;
}

/** A saved file in a `.satchel` file. */
export interface PortableSavedFile {
  readonly path: string;
  readonly contentId: ContentId;
  readonly phase: number;
  /** Milliseconds since 1970. */
  readonly savedAt: number;
}

/** What a session is made with that does not come from the `.satchel` file. */
export interface ImportOptions {
  /** The workspace's URI, or `""` for a window without a folder: files then have URIs of the scheme `satchel`, at which nothing is found. */
  readonly workspace: string;
  readonly name: string;
  /** Gives another id at each call. */
  readonly newId: () => string;
  readonly fence: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** What others may know of a session. `exportedAt` is in milliseconds since 1970. */
export function toPortable(snapshot: SessionSnapshot, exportedAt: number): PortableSession {
  const { session, files, savedFiles } = snapshot;
  const uris = [...files, ...savedFiles].map(({ uri }) => uri);
  const paths = portablePaths(uris, session.workspace);
  const pathOf = (uri: string): string => paths.get(uri) ?? "";
  return {
    format: "satchel-session",
    version: portableVersion,
    name: session.name,
    exportedAt: new Date(exportedAt).toISOString(),
    // Field by field: what a row learns to hold one day is not told to others unless somebody decides so here.
    files: files.map(({ uri, role, pinned, evicted, contentId }) => ({
      path: pathOf(uri),
      role,
      pinned,
      evicted,
      contentId,
    })),
    contents: snapshot.contents.map(portableContent),
    digests: snapshot.digests.map(portableDigest),
    phases: snapshot.phases.map(({ number, name, startedAt }) => ({ number, name, startedAt })),
    findings: snapshot.findings.map(({ phase, title, text, contentIds, createdAt }) => ({
      phase,
      title,
      text,
      contentIds,
      createdAt,
    })),
    savedFiles: savedFiles.map(({ uri, contentId, phase, savedAt }) => ({
      path: pathOf(uri),
      contentId,
      phase,
      savedAt,
    })),
  };
}

/** A new session of what a `.satchel` file says. No file counts as found on disk, and none as shown to a model. */
export function fromPortable(portable: PortableSession, options: ImportOptions): SessionSnapshot {
  const { workspace, name, newId, fence, now } = options;
  const sessionId = newId();
  const files = portable.files.map(
    ({ path, role, pinned, evicted, contentId }, position): SessionFile => ({
      id: newId(),
      sessionId,
      uri: uriOf(path, workspace),
      role,
      pinned,
      evicted,
      contentId,
      disk: "missing",
      context: "out",
      position,
    }),
  );
  return {
    session: { id: sessionId, name, workspace, fence, createdAt: now },
    files,
    contents: portable.contents,
    providerFiles: [],
    digests: portable.digests,
    phases: portable.phases.map((phase): Phase => ({ ...phase, sessionId })),
    findings: portable.findings.map((finding): Finding => ({ ...finding, id: newId(), sessionId })),
    savedFiles: portable.savedFiles.map(({ path, contentId, phase, savedAt }): SavedFile => {
      return { sessionId, uri: uriOf(path, workspace), contentId, phase, savedAt };
    }),
  };
}

/** True for a path that leads to a place inside the workspace, on every system. */
export function isPortablePath(path: string): boolean {
  if (!path.isWellFormed() || /[\\\0]|^[a-z]:/iu.test(path)) return false;
  return path.split("/").every((part) => part !== "" && part !== "." && part !== "..");
}

function portableContent({ contentId, bytes, mediaType, lines, tokens }: Content): Content {
  return {
    contentId,
    bytes,
    mediaType,
    ...(lines !== undefined && { lines }),
    ...(tokens !== undefined && { tokens }),
  };
}

function portableDigest(digest: Digest): Digest {
  const { contentId, extractor, version, type, columns, rows, preview, facts, profile, text } =
    digest;
  return {
    contentId,
    extractor,
    version,
    type,
    ...(columns !== undefined && { columns }),
    ...(rows !== undefined && { rows }),
    preview,
    ...(facts !== undefined && { facts }),
    ...(profile !== undefined && { profile }),
    text,
  };
}

/**
 * The path by which each URI is told. A file of the workspace keeps its path there; then the others get their names, with
 * a number where that path is taken.
 */
function portablePaths(uris: readonly string[], workspace: string): ReadonlyMap<string, string> {
  const paths = new Map<string, string>();
  const taken = new Set<string>();
  const give = (uri: string, path: string): void => {
    paths.set(uri, path);
    taken.add(path);
  };
  const root = workspace.endsWith("/") ? workspace : `${workspace}/`;
  for (const uri of uris) {
    if (workspace === "" || paths.has(uri) || !uri.startsWith(root)) continue;
    const path = pathInWorkspace(uri, workspace);
    if (isPortablePath(path) && !taken.has(path)) give(uri, path);
  }
  const free = freePaths(taken);
  for (const uri of uris) if (!paths.has(uri)) give(uri, free(portableName(uri)));
  return paths;
}

/** The name of a file, without what some system would take for a way to another folder. */
function portableName(uri: string): string {
  const name = nameOf(uri)
    .toWellFormed()
    .replaceAll(/[/\\\0]/gu, "_")
    .replace(/^([a-z]):/iu, "$1_");
  return isPortablePath(name) ? name : "file";
}

/** Gives for each name a path that is not taken: the name itself, else `name (2).ending`, `name (3).ending` and so on. */
function freePaths(taken: ReadonlySet<string>): (name: string) => string {
  // Of a thousand files of one name, the last need not try the numbers of all before it.
  const numbers = new Map<string, number>();
  return (name) => {
    const dot = name.lastIndexOf(".");
    const [stem, ending] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ""];
    let number = numbers.get(name) ?? 1;
    let path = name;
    for (; taken.has(path); path = `${stem} (${number})${ending}`) number++;
    numbers.set(name, number);
    return path;
  };
}

/** As VS Code writes it: a file that is added again must be found under the same URI. */
function uriOf(path: string, workspace: string): string {
  const root = workspace === "" ? "satchel:" : workspace.replace(/\/$/u, "");
  return `${root}/${path.split("/").map(encoded).join("/")}`;
}

function encoded(part: string): string {
  // VS Code also encodes what `encodeURIComponent` leaves.
  return encodeURIComponent(part).replaceAll(
    /[!'()*]/gu,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
