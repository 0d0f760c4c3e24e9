import {
  EventEmitter,
  type Disposable,
  type Event,
  type TreeDataProvider,
  type TreeItem,
} from "vscode";
import { pathInWorkspace } from "../../core/session/path.ts";
import type { FileView, SessionPage } from "../../core/session/session.ts";
import type { ActiveSession } from "../active-session.ts";
import type { Report } from "../report.ts";
import { DigestNodes, digestRow, type DigestNodesParts } from "./digest-nodes.ts";
import { actionItem, digestItem, factItem, fileItem } from "./items.ts";
import {
  isDigestNode,
  isFactNode,
  isFileNode,
  type ActionNode,
  type FileNode,
  type TreeNode,
} from "./node.ts";
import { rowOf, type Row } from "./row.ts";

/** Rows, not a welcome view: VS Code takes drops on a tree only, and the first file is often dropped. */
const firstSteps: readonly ActionNode[] = [
  { title: "Add Files…", icon: "add", command: "satchel.addFiles" },
  { title: "Set API Key…", icon: "key", command: "satchel.setApiKey" },
];

/** VS Code draws some rows at a time, but asks for all of them at once. */
const pageSize = 1_000;

function showMore(count: number): ActionNode {
  const title = `Show More… (${count.toLocaleString("en")} more)`;
  return { title, icon: "ellipsis", command: "satchel.showMore" };
}

/** The session as it was read, undefined if there is none; or why it could not be read. */
export type Loaded = { readonly session: SessionPage | undefined } | { readonly failure: unknown };

/** A row that VS Code has been given: the object stays the same while its file changes. */
interface ShownFile extends FileNode {
  view: FileView;
  /** The row as it was drawn last, to tell whether it must be drawn again. */
  drawn?: string;
}

/** What the rows of the active session need. */
export interface FileNodesParts extends DigestNodesParts {
  readonly active: ActiveSession;
}

/** The rows of the active session. */
export class FileNodes implements TreeDataProvider<TreeNode>, Disposable {
  readonly #active: ActiveSession;
  readonly #report: Report;
  readonly #digests: DigestNodes;
  readonly #changed = new EventEmitter<TreeNode[] | undefined>();
  readonly #loaded = new EventEmitter<Loaded>();
  readonly #subscription: Disposable;
  /** How many files are shown at most, until the user wants more. */
  #limit = pageSize;
  #total = 0;
  /** Why the session could not be read the last time. */
  #failure: unknown;
  /** Undefined until the session was read for the first time. */
  #shown: readonly ShownFile[] | undefined;
  readonly onDidChangeTreeData: Event<TreeNode[] | undefined> = this.#changed.event;
  /** Fires each time that the session was read, or could not be read. */
  readonly onDidLoad: Event<Loaded> = this.#loaded.event;

  constructor(parts: FileNodesParts) {
    this.#active = parts.active;
    this.#report = parts.report;
    this.#digests = new DigestNodes(parts);
    this.#subscription = parts.active.onDidChange(() => void this.update());
  }

  /**
   * Draws what has changed and nothing else. A row that is drawn anew loses the click that is under way, and while all rows are drawn anew
   * VS Code cannot tell which one was clicked.
   */
  async update(): Promise<void> {
    const before = this.#shown;
    const total = this.#total;
    await this.#load();
    const digests = await this.#digests.update(this.#shown ?? []);
    const isSame = before !== undefined && sameFiles(before, this.#shown ?? []);
    if (!isSame || total !== this.#total) {
      this.#changed.fire(undefined);
      return;
    }
    const changed = before.filter(
      (node) => node.drawn !== undefined && node.drawn !== JSON.stringify(row(node)),
    );
    if (changed.length + digests.length > 0) this.#changed.fire([...changed, ...digests]);
  }

  async getChildren(node?: TreeNode): Promise<TreeNode[]> {
    if (node) return this.#below(node);
    if (this.#shown === undefined) await this.#load();
    if (!this.#shown?.length)
      return this.#failure === undefined ? [...firstSteps] : this.#helpRows();
    const more = this.#total - this.#shown.length;
    return more > 0 ? [...this.#shown, showMore(more)] : [...this.#shown];
  }

  async #below(node: TreeNode): Promise<TreeNode[]> {
    if (isFileNode(node)) return [await this.#digests.below(node)];
    return isDigestNode(node) ? [...this.#digests.factsOf(node)] : [];
  }

  #helpRows(): TreeNode[] {
    const wayOut = this.#report.wayOut(this.#failure);
    return wayOut ? [{ ...wayOut, icon: "tools" }] : [];
  }

  /** Shows another page of a large session. */
  async more(): Promise<void> {
    this.#limit += pageSize;
    await this.update();
  }

  getTreeItem(node: TreeNode): TreeItem {
    if (isDigestNode(node)) return digestItem(node, digestRow(node));
    if (isFactNode(node)) return factItem(node);
    if (!isFileNode(node)) return actionItem(node);
    const current = row(node);
    (node as ShownFile).drawn = JSON.stringify(current);
    return fileItem(node, current);
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
    this.#loaded.dispose();
  }

  /** Reads the session. A file that was shown before keeps its node. */
  async #load(): Promise<void> {
    try {
      const session = await this.#active.page(this.#limit);
      const known = new Map(this.#shown?.map((node) => [node.view.file.id, node]));
      const workspace = session?.session.workspace ?? "";
      this.#shown = (session?.files ?? []).map((view) => {
        const node = known.get(view.file.id);
        return node ? Object.assign(node, { view }) : { view, workspace };
      });
      this.#total = session?.total ?? 0;
      this.#failure = undefined;
      this.#loaded.fire({ session });
    } catch (error) {
      // Rows that were read before stay; without any, it must not look as if there were none.
      this.#failure = error;
      this.#loaded.fire({ failure: error });
      this.#report.error(error);
    }
  }
}

function row({ view, workspace }: FileNode): Row {
  return rowOf(view, pathInWorkspace(view.file.uri, workspace), Date.now());
}

function sameFiles(before: readonly ShownFile[], now: readonly ShownFile[]): boolean {
  return before.length === now.length && before.every((node, index) => node === now[index]);
}
