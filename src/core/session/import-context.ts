import type { AddOutcome } from "../files/add.ts";
import type { Digest } from "../files/digest.ts";
import type { ForeignFile, ForeignFileContext } from "./foreign-context.ts";
import { saveFileContext, type ContextParts } from "./save-context.ts";
import type { FileView, SessionView } from "./session.ts";

/** The files that another tool's file context names, as this machine may know them. */
export interface FoundFiles {
  /** URI → file, inside the workspace. */
  readonly inside: ReadonlyMap<string, ForeignFile>;
  /** URI → file, elsewhere: the other tool's word is no reason to read them unasked. */
  readonly outside: ReadonlyMap<string, ForeignFile>;
}

/** Where the files of another tool's file context would be. Relative paths count from the workspace. */
export function findForeignFiles(context: ForeignFileContext, workspace: string): FoundFiles {
  const root = workspace === "" || workspace.endsWith("/") ? workspace : `${workspace}/`;
  const inside = new Map<string, ForeignFile>();
  const outside = new Map<string, ForeignFile>();
  for (const file of context.files) {
    const uri = uriOf(file.path, root);
    if (uri === undefined) continue;
    (root !== "" && uri.startsWith(root) ? inside : outside).set(uri, file);
  }
  return { inside, outside };
}

/** What became of an import. */
export interface ImportedContext {
  /** Files that are in the session now, with what the other tool knew of them. */
  readonly files: number;
  /** Names of files that are not there, or have another size than the other tool saw. */
  readonly changed: readonly string[];
  readonly missing: readonly string[];
}

export interface ImportContextParts extends ContextParts {
  readonly newId: () => string;
  /** Adds files to the session, asking for those that look like secrets. */
  readonly add: (uris: readonly string[]) => Promise<readonly AddOutcome[]>;
  /** The session as it is now. */
  readonly view: () => Promise<SessionView>;
}

/**
 * Takes over what another tool saved of files: they join the session and its saved context, and what the tool said of them in words becomes a finding. What it
 * said of a file whose size has changed since is not believed; what Satchel finds out itself counts for more.
 */
export async function importFileContext(
  parts: ImportContextParts,
  context: ForeignFileContext,
  wanted: ReadonlyMap<string, ForeignFile>,
  signal: AbortSignal,
): Promise<ImportedContext> {
  const outcomes = await parts.add([...wanted.keys()]);
  const added = new Set(outcomes.flatMap(({ kind, uri }) => (kind === "added" ? [uri] : [])));
  const session = await parts.view();
  const views = session.files.filter(({ file }) => added.has(file.uri));
  const pairs = views.flatMap((view) => {
    const foreign = wanted.get(view.file.uri);
    return foreign ? [{ view, foreign }] : [];
  });
  const same = pairs.filter(({ view, foreign }) => hasSize(view, foreign));
  const { phase } = await saveFileContext(parts, session, views, signal);
  await addKnowledge(parts, same);
  if (context.text.trim() !== "" && same.length > 0) {
    await parts.phases.saveFinding({
      id: parts.newId(),
      sessionId: session.session.id,
      phase,
      title: "Imported file context",
      text: context.text,
      contentIds: [...new Set(same.map(({ view }) => view.content.contentId))],
      createdAt: parts.now(),
    });
  }
  const changed = pairs.filter((pair) => !same.includes(pair));
  return {
    files: views.length,
    changed: changed.map(({ foreign }) => foreign.name),
    missing: [...wanted].flatMap(([uri, { name }]) => (added.has(uri) ? [] : [name])),
  };
}

interface Pair {
  readonly view: FileView;
  readonly foreign: ForeignFile;
}

/** Where our own digest knows no columns and the other tool does, its knowledge is kept. */
async function addKnowledge(
  { phases, digester }: ContextParts,
  pairs: readonly Pair[],
): Promise<void> {
  const own = await phases.digests(pairs.map(({ view }) => view.content.contentId));
  const withColumns = new Set(
    own.flatMap(({ contentId, columns }) => (columns ? [contentId] : [])),
  );
  const news = pairs.filter(
    ({ view, foreign }) => foreign.columns && !withColumns.has(view.content.contentId),
  );
  await phases.saveDigests(news.map((pair) => digestOf(pair, digester.version)));
}

/** Of the version that is made now: otherwise it would be made again, without what is known only here. */
function digestOf({ view, foreign }: Pair, version: number): Digest {
  const { type, columns, rows, preview = [] } = foreign;
  const facts = [type, rows === undefined ? "" : `${rows.toLocaleString("en")} rows`];
  const names = columns ? `columns: ${columns.join(", ")}` : "";
  return {
    contentId: view.content.contentId,
    extractor: "imported",
    version,
    type,
    columns,
    rows,
    preview,
    text: [...facts, names].filter((part) => part !== "").join(", "),
  };
}

/** Tools round the size to some digits of a megabyte, by 1000 or by 1024. */
function hasSize({ content }: FileView, { sizeMb }: ForeignFile): boolean {
  if (sizeMb === undefined) return true;
  return [1_000_000, 1_048_576].some(
    (unit) => Math.abs(content.bytes / unit - sizeMb) <= Math.max(0.0051, sizeMb * 0.001),
  );
}

function uriOf(path: string, root: string): string | undefined {
  const slashed = path.replaceAll("\\", "/");
  const isAbsolute = slashed.startsWith("/");
  const drive = /^[a-z]:\//iu.test(slashed);
  if (!isAbsolute && !drive && root === "") return undefined;
  const encoded = slashed.split("/").map(encodeURIComponent).join("/");
  try {
    if (drive) return new URL(`file:///${encoded.replace("%3A", ":")}`).href;
    return new URL(encoded, isAbsolute ? "file:///" : root).href;
  } catch {
    return undefined;
  }
}
