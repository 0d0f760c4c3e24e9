import type { Content } from "../files/content.ts";
import type { Digest } from "../files/digest.ts";
import { pathInWorkspace } from "./path.ts";
import { decoded, nameOf } from "./session.ts";
import type { SessionSnapshot } from "./snapshot.ts";

/** What a saved file context says of one file. Fields that no extractor found are null. */
export interface FileMetadata {
  readonly type: string;
  readonly size_mb: number;
  readonly columns: readonly string[] | null;
  readonly rows: number | null;
  readonly preview: readonly unknown[];
}

/**
 * The saved context of a session's files, as other tools read it from `file_context.json`: the names of its properties are theirs. A file is known
 * by its path inside the workspace, or by its full path outside of it.
 */
export interface FileContext {
  /** ISO 8601, when the context was last brought up to date. */
  readonly timestamp: string;
  readonly session_id: string;
  /** Path → name. */
  readonly validated_files: Readonly<Record<string, string>>;
  /** Path → what is known of the file. */
  readonly file_metadata: Readonly<Record<string, FileMetadata>>;
  /** All files in words, ready to stand in a prompt. */
  readonly file_context_text: string;
  readonly file_count: number;
  /** Names, in the order of the session. */
  readonly file_list: readonly string[];
  /** Path → content id: a file whose bytes have another id has changed since. */
  readonly content_ids: Readonly<Record<string, string>>;
}

interface ContextFile {
  readonly path: string;
  readonly name: string;
  readonly content: Content;
  readonly digest: Digest | undefined;
}

/** The file context of a session: the files that it holds, then those that earlier phases saved and that it holds no more. */
export function fileContextOf(snapshot: SessionSnapshot, now: number): FileContext {
  const files = contextFiles(snapshot);
  const byPath = <T>(value: (file: ContextFile) => T): Record<string, T> =>
    Object.fromEntries(files.map((file) => [file.path, value(file)]));
  return {
    timestamp: new Date(now).toISOString(),
    session_id: snapshot.session.id,
    validated_files: byPath(({ name }) => name),
    file_metadata: byPath(metadataOf),
    file_context_text: files.map(inWords).join("\n\n"),
    file_count: files.length,
    file_list: files.map(({ name }) => name),
    content_ids: byPath(({ content }) => content.contentId),
  };
}

/** A file context in one sentence: `3 files: sales.csv (csv, 10,000 rows), …`. */
export function summaryOf(context: FileContext): string {
  const files = Object.entries(context.validated_files).map(([path, name]) => {
    const metadata = context.file_metadata[path];
    const rows = metadata?.rows;
    const facts = [
      metadata?.type,
      rows === null || rows === undefined ? undefined : `${rows.toLocaleString("en")} rows`,
    ].filter((fact) => fact !== undefined);
    return `${name} (${facts.join(", ")})`;
  });
  const count = `${context.file_count} ${context.file_count === 1 ? "file" : "files"}`;
  return files.length === 0 ? `${count} saved` : `${count}: ${files.join(", ")}`;
}

function contextFiles(snapshot: SessionSnapshot): readonly ContextFile[] {
  const contents = new Map(snapshot.contents.map((content) => [content.contentId, content]));
  const digests = new Map(snapshot.digests.map((digest) => [digest.contentId, digest]));
  const held = new Set(snapshot.files.map(({ uri }) => uri));
  const saved = snapshot.savedFiles.filter(({ uri }) => !held.has(uri));
  return [...snapshot.files, ...saved].flatMap(({ uri, contentId }) => {
    const content = contents.get(contentId);
    if (!content) return [];
    const path = pathFor(uri, snapshot.session.workspace);
    return [{ path, name: nameOf(uri), content, digest: digests.get(contentId) }];
  });
}

/** Unlike the model, a tool on this machine needs the whole path of a file that lies outside of the workspace. */
function pathFor(uri: string, workspace: string): string {
  const path = pathInWorkspace(uri, workspace);
  return path === nameOf(uri) && !uri.startsWith(`${workspace}/`)
    ? decoded(uri.replace(/^file:\/\//u, ""))
    : path;
}

function metadataOf({ name, content, digest }: ContextFile): FileMetadata {
  return {
    type: digest?.type ?? typeOf(name),
    size_mb: Number((content.bytes / 1_000_000).toPrecision(6)),
    columns: digest?.columns ?? null,
    rows: digest?.rows ?? null,
    preview: digest?.preview ?? [],
  };
}

function inWords({ name, content, digest }: ContextFile): string {
  const said = digest?.text ?? `${content.mediaType}, ${content.bytes.toLocaleString("en")} bytes`;
  return `## ${name} (${digest?.type ?? typeOf(name)})\n${said}`;
}

function typeOf(name: string): string {
  const dot = name.lastIndexOf(".");
  return dot > 0 ? name.slice(dot + 1).toLowerCase() : "binary";
}
