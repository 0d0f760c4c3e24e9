import type { Extraction } from "../extraction.ts";
import { inert, told } from "../told.ts";
import { counted, cut } from "../words.ts";

/** Paths that are shown. */
const shownPaths = 30;
const pathWidth = 200;
/** Folders below which a path is not shown as a tree. */
const deepest = 8;

/** A thing in an archive. */
export interface ArchiveEntry {
  readonly path: string;
  /** In bytes when unpacked, undefined if that is not said. */
  readonly size?: number | undefined;
  readonly packed?: number | undefined;
  readonly isFolder?: boolean;
  readonly isLink?: boolean;
  readonly isEncrypted?: boolean;
}

/** What there is in an archive, of which only the first paths are kept. */
export class ArchiveList {
  readonly first: ArchiveEntry[] = [];
  entries = 0;
  #folders = 0;
  #links = 0;
  #encrypted = 0;
  #unsafe = 0;
  #size = 0;
  #packed = 0;

  add(entry: ArchiveEntry): void {
    this.entries++;
    if (this.first.length < shownPaths)
      this.first.push({ ...entry, path: cut(inert(entry.path), pathWidth) });
    if (entry.isFolder) this.#folders++;
    if (entry.isLink) this.#links++;
    if (entry.isEncrypted) this.#encrypted++;
    if (isUnsafe(entry.path)) this.#unsafe++;
    this.#size += entry.size ?? 0;
    this.#packed += entry.packed ?? 0;
  }

  /** What is asked first. `said` is the number of entries the archive says it has. */
  facts(said?: number): Readonly<Record<string, string | number | undefined>> {
    const isWhole = said === undefined || said === this.entries;
    return {
      entries: isWhole ? this.entries : `${this.entries} looked at, ${said} as it says`,
      folders: this.#folders || undefined,
      links: this.#links || undefined,
      unpacked: this.#size > 0 ? counted(this.#size, "byte") : undefined,
      ratio: this.#packed > 0 ? (this.#size / this.#packed).toFixed(1) : undefined,
      encrypted: this.#encrypted > 0 ? `${this.#encrypted} of ${this.entries}` : undefined,
      "unsafe paths": this.#unsafe || undefined,
    };
  }

  get encrypted(): number {
    return this.#encrypted;
  }
}

/** True if the path would lead out of the folder into which it is unpacked. */
function isUnsafe(path: string): boolean {
  return /^(?:[/\\]|[a-z]:)|(?:^|[/\\])\.\.(?:[/\\]|$)|\0/iu.test(path);
}

/** The extraction of an archive. */
export function toldArchive(
  type: string,
  list: ArchiveList,
  facts: Readonly<Record<string, string | number | undefined>>,
): Extraction {
  const left = list.entries - list.first.length;
  return told({
    extractor: "archive",
    type,
    facts,
    preview: list.first.map(({ path, size }) => (size === undefined ? { path } : { path, size })),
    lines: [
      ...treeOf(list.first),
      ...(left > 0 ? [`… and ${left.toLocaleString("en-US")} more`] : []),
    ],
  });
}

/** Folders by name; a file has its size in words. */
type Tree = Map<string, Tree | string>;

function treeOf(entries: readonly ArchiveEntry[]): readonly string[] {
  const root: Tree = new Map();
  for (const entry of entries) plant(root, entry);
  return linesOf(root, 0);
}

function plant(root: Tree, { path, size, isFolder, isLink }: ArchiveEntry): void {
  const names = namesOf(path);
  const last = isFolder ? undefined : names.pop();
  let folder = root;
  for (const name of names) {
    const known = folder.get(name);
    const next: Tree = known instanceof Map ? known : new Map();
    folder.set(name, next);
    folder = next;
  }
  const words = isLink ? "link" : (size?.toLocaleString("en-US") ?? "");
  if (last !== undefined && !folder.has(last)) folder.set(last, words);
}

function namesOf(path: string): string[] {
  const parts = path.split("/").filter((part) => part !== "");
  const below = parts.slice(deepest).join("/");
  const names = [...parts.slice(0, deepest), below].filter((name) => name !== "");
  // A path from the root of the disk is shown as such.
  return path.startsWith("/") && names.length > 0 ? names.with(0, `/${names[0] ?? ""}`) : names;
}

function linesOf(tree: Tree, depth: number): readonly string[] {
  const indent = "  ".repeat(depth);
  const lines: string[] = [];
  for (const [name, below] of tree)
    if (below instanceof Map) lines.push(`${indent}${name}/`, ...linesOf(below, depth + 1));
    else lines.push(`${indent}${name} ${below}`.trimEnd());
  return lines;
}
