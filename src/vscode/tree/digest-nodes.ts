import type { Phases } from "../../core/ports/phases.ts";
import { pathInWorkspace } from "../../core/session/path.ts";
import type { Report } from "../report.ts";
import { digestRowOf, type DigestRow } from "./digest-row.ts";
import type { DigestNode, FactNode, FileNode } from "./node.ts";

/** What the rows of digests need. */
export interface DigestNodesParts {
  readonly phases: Pick<Phases, "digests">;
  readonly report: Report;
}

/** A row that VS Code has been given: the object stays the same while its digest changes. */
type ShownDigest = { -readonly [Key in keyof DigestNode]: DigestNode[Key] };

/** The rows below files. Nothing is read for a file that nobody has expanded. */
export class DigestNodes {
  readonly #parts: DigestNodesParts;
  /** Each with the first reading of it. */
  readonly #shown = new WeakMap<FileNode, { node: ShownDigest; reading: Promise<void> }>();

  constructor(parts: DigestNodesParts) {
    this.#parts = parts;
  }

  /** The row below a file. It is kept up to date by `update`, so nothing is read for it twice. */
  async below(file: FileNode): Promise<DigestNode> {
    let shown = this.#shown.get(file);
    if (!shown) {
      const node: ShownDigest = { below: file, digest: undefined };
      shown = { node, reading: this.#read([node]) };
      this.#shown.set(file, shown);
    }
    await shown.reading;
    return shown.node;
  }

  factsOf(node: DigestNode): readonly FactNode[] {
    return digestRow(node).facts.map((fact) => ({ below: node, fact }));
  }

  /** Reads the digests of all files that were expanded, in one call. Returns the rows that must be drawn again. */
  async update(files: readonly FileNode[]): Promise<readonly DigestNode[]> {
    const shown = files.flatMap((file) => this.#shown.get(file)?.node ?? []);
    const before = shown.map(drawn);
    await this.#read(shown);
    return shown.filter((node, index) => drawn(node) !== before[index]);
  }

  async #read(nodes: readonly ShownDigest[]): Promise<void> {
    if (nodes.length === 0) return;
    const { phases, report } = this.#parts;
    try {
      const found = await phases.digests([...new Set(nodes.map(contentOf))]);
      const digests = new Map(found.map((digest) => [digest.contentId, digest]));
      for (const node of nodes) node.digest = digests.get(contentOf(node));
    } catch (error) {
      // The rows of the files themselves, which are read at the same time, show that to people.
      report.log.warn(String(error));
    }
  }
}

/** What a digest's row says. */
export function digestRow({ below: { view, workspace }, digest }: DigestNode): DigestRow {
  return digestRowOf(digest, pathInWorkspace(view.file.uri, workspace));
}

function drawn(node: DigestNode): string {
  return JSON.stringify(digestRow(node));
}

function contentOf({ below }: DigestNode): string {
  return below.view.content.contentId;
}
