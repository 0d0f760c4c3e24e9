import {
  EventEmitter,
  MarkdownString,
  ThemeIcon,
  TreeItem,
  Uri,
  window,
  type Disposable,
  type Event,
  type TreeDataProvider,
  type TreeView,
  commands,
} from "vscode";
import { formatCount } from "../../core/session/format.ts";
import { pathInWorkspace } from "../../core/session/path.ts";
import { nameOf, type SessionView } from "../../core/session/session.ts";
import type { ActiveSession } from "../active-session.ts";
import { contextKeys, viewId } from "../names.ts";
import type { Report } from "../report.ts";
import type { DropController } from "./drop.ts";
import type { FileNode } from "./node.ts";
import { rowOf } from "./row.ts";

/** Expiries count down while the tree is on screen. */
const redrawInterval = 60_000;

/** The sidebar view of the active session. */
export function createTree(
  active: ActiveSession,
  drop: DropController,
  report: Report,
): Disposable {
  const nodes = new FileNodes(active, report);
  const view = window.createTreeView(viewId, {
    treeDataProvider: nodes,
    dragAndDropController: drop,
    canSelectMany: true,
    showCollapseAll: false,
  });
  nodes.onDidLoad((session) => showSummary(view, session));
  const timer = setInterval(() => view.visible && nodes.redraw(), redrawInterval);
  return {
    dispose() {
      clearInterval(timer);
      view.dispose();
      nodes.dispose();
    },
  };
}

class FileNodes implements TreeDataProvider<FileNode>, Disposable {
  readonly #active: ActiveSession;
  readonly #report: Report;
  readonly #changed = new EventEmitter<void>();
  readonly #loaded = new EventEmitter<SessionView | undefined>();
  readonly #subscription: Disposable;
  readonly onDidChangeTreeData: Event<void> = this.#changed.event;
  readonly onDidLoad: Event<SessionView | undefined> = this.#loaded.event;

  constructor(active: ActiveSession, report: Report) {
    this.#active = active;
    this.#report = report;
    this.#subscription = active.onDidChange(() => this.redraw());
  }

  redraw(): void {
    this.#changed.fire();
  }

  async getChildren(node?: FileNode): Promise<FileNode[]> {
    if (node) return [];
    try {
      const view = await this.#active.view();
      this.#loaded.fire(view);
      const workspace = view?.session.workspace ?? "";
      return (view?.files ?? []).map((file) => ({ view: file, workspace }));
    } catch (error) {
      this.#report.error(error);
      return [];
    }
  }

  getTreeItem({ view, workspace }: FileNode): TreeItem {
    const { file } = view;
    const path = pathInWorkspace(file.uri, workspace);
    const row = rowOf(view, path, Date.now());
    const item = new TreeItem(nameOf(file.uri));
    item.id = file.id;
    // The resource gives the row its file icon and git colours.
    item.resourceUri = Uri.parse(file.uri);
    item.iconPath = file.disk === "missing" ? new ThemeIcon("warning") : ThemeIcon.File;
    item.description = row.description;
    item.tooltip = tooltip(row.facts);
    item.contextValue = row.contextValue;
    item.accessibilityInformation = { label: row.spoken };
    item.command = {
      command: "satchel.openFile",
      title: "Open File",
      arguments: [{ view, workspace }],
    };
    return item;
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
    this.#loaded.dispose();
  }
}

/** Session and size above the rows. An empty string clears a text: deleting the property would break VS Code's accessor. */
function showSummary(view: TreeView<FileNode>, session: SessionView | undefined): void {
  const files = session?.files ?? [];
  const tokens = files.reduce((total, { content }) => total + (content.tokens ?? 0), 0);
  view.title = session?.session.name ?? "Session Files";
  view.message =
    files.length === 0
      ? ""
      : `${formatCount(tokens)} tokens in ${files.length} ${files.length === 1 ? "file" : "files"}`;
  void commands.executeCommand("setContext", contextKeys.hasFiles, files.length > 0);
}

function tooltip(facts: readonly (readonly [string, string])[]): MarkdownString {
  const text = new MarkdownString();
  for (const [label, value] of facts) {
    text.appendMarkdown(`**${label}** `).appendText(value).appendMarkdown("  \n");
  }
  return text;
}
