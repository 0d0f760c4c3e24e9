import {
  EventEmitter,
  type Disposable,
  type Event,
  type TreeDataProvider,
  type TreeItem,
} from "vscode";
import { pathInWorkspace } from "../../core/session/path.ts";
import type { FileView, SessionView } from "../../core/session/session.ts";
import type { ActiveSession } from "../active-session.ts";
import type { Report } from "../report.ts";
import { actionItem, fileItem } from "./items.ts";
import { isFileNode, type ActionNode, type FileNode, type TreeNode } from "./node.ts";
import { rowOf, type Row } from "./row.ts";

/** Rows, not a welcome view: VS Code takes drops on a tree only, and the first file is often dropped. */
const firstSteps: readonly ActionNode[] = [
  { title: "Add Files…", icon: "add", command: "satchel.addFiles" },
  { title: "Set API Key…", icon: "key", command: "satchel.setApiKey" },
];

/** A row that VS Code has been given: the object stays the same while its file changes. */
interface ShownFile extends FileNode {
  view: FileView;
  /** The row as it was drawn last, to tell whether it must be drawn again. */
  drawn?: string;
}

/** The rows of the active session. */
export class FileNodes implements TreeDataProvider<TreeNode>, Disposable {
  readonly #active: ActiveSession;
  readonly #report: Report;
  readonly #changed = new EventEmitter<TreeNode[] | undefined>();
  readonly #loaded = new EventEmitter<SessionView | undefined>();
  readonly #subscription: Disposable;
  #shown: readonly ShownFile[] = [];
  readonly onDidChangeTreeData: Event<TreeNode[] | undefined> = this.#changed.event;
  /** Fires with the session each time that it was read. */
  readonly onDidLoad: Event<SessionView | undefined> = this.#loaded.event;

  constructor(active: ActiveSession, report: Report) {
    this.#active = active;
    this.#report = report;
    this.#subscription = active.onDidChange(() => void this.update());
  }

  /** Draws what has changed and nothing else: a row that is drawn anew loses the click that is under way. */
  async update(): Promise<void> {
    const files = (await this.#load())?.files ?? [];
    const shown = this.#shown;
    if (shown.length === 0 || !sameFiles(shown, files)) {
      this.#changed.fire(undefined);
      return;
    }
    for (const [index, view] of files.entries()) Object.assign(shown[index] ?? {}, { view });
    const changed = shown.filter(
      (node) => node.drawn !== undefined && node.drawn !== JSON.stringify(row(node)),
    );
    if (changed.length > 0) this.#changed.fire([...changed]);
  }

  async getChildren(node?: TreeNode): Promise<TreeNode[]> {
    if (node) return [];
    const session = await this.#load();
    const workspace = session?.session.workspace ?? "";
    this.#shown = (session?.files ?? []).map((view) => ({ view, workspace }));
    return this.#shown.length > 0 ? [...this.#shown] : [...firstSteps];
  }

  getTreeItem(node: TreeNode): TreeItem {
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

  async #load(): Promise<SessionView | undefined> {
    try {
      const session = await this.#active.view();
      this.#loaded.fire(session);
      return session;
    } catch (error) {
      this.#report.error(error);
      return undefined;
    }
  }
}

function row({ view, workspace }: FileNode): Row {
  return rowOf(view, pathInWorkspace(view.file.uri, workspace), Date.now());
}

function sameFiles(shown: readonly ShownFile[], files: readonly FileView[]): boolean {
  return (
    shown.length === files.length &&
    shown.every(({ view }, index) => view.file.id === files[index]?.file.id)
  );
}
