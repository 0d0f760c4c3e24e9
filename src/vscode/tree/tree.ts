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
import { escapeMarkdown } from "../markdown.ts";
import { contextKeys, viewId } from "../names.ts";
import type { Report } from "../report.ts";
import type { DropController } from "./drop.ts";
import { isFileNode, type ActionNode, type FileNode, type TreeNode } from "./node.ts";
import { rowOf } from "./row.ts";

/** Rows, not a welcome view: VS Code takes drops on a tree only, and the first file is often dropped. */
const firstSteps: readonly ActionNode[] = [
  { title: "Add Files…", icon: "add", command: "satchel.addFiles" },
  { title: "Set API Key…", icon: "key", command: "satchel.setApiKey" },
];

const introduction =
  "The files that you ask a model about, in one place: uploaded once, sent when they fit, shown as they were sent. " +
  "Drop files here, or attach them with # in a question to @satchel.";

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

class FileNodes implements TreeDataProvider<TreeNode>, Disposable {
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

  async getChildren(node?: TreeNode): Promise<TreeNode[]> {
    if (node) return [];
    try {
      const view = await this.#active.view();
      this.#loaded.fire(view);
      if (!view || view.files.length === 0) return [...firstSteps];
      const { workspace } = view.session;
      return view.files.map((file) => ({ view: file, workspace }));
    } catch (error) {
      this.#report.error(error);
      return [];
    }
  }

  getTreeItem(node: TreeNode): TreeItem {
    return isFileNode(node) ? fileItem(node) : actionItem(node);
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
    this.#loaded.dispose();
  }
}

function fileItem({ view, workspace }: FileNode): TreeItem {
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

function actionItem({ title, icon, command }: ActionNode): TreeItem {
  const item = new TreeItem(title);
  item.id = command;
  item.iconPath = new ThemeIcon(icon);
  item.command = { command, title };
  return item;
}

/** Session and size above the rows. An empty string clears a text: deleting the property would break VS Code's accessor. */
function showSummary(view: TreeView<TreeNode>, session: SessionView | undefined): void {
  const files = session?.files ?? [];
  const tokens = files.reduce((total, { content }) => total + (content.tokens ?? 0), 0);
  view.title = session?.session.name ?? "Session Files";
  view.message =
    files.length === 0
      ? introduction
      : `${formatCount(tokens)} tokens in ${files.length} ${files.length === 1 ? "file" : "files"}`;
  void commands.executeCommand("setContext", contextKeys.hasFiles, files.length > 0);
}

function tooltip(facts: readonly (readonly [string, string])[]): MarkdownString {
  const lines = facts.map(
    ([label, value]) => `**${escapeMarkdown(label)}** ${escapeMarkdown(value)}`,
  );
  return new MarkdownString(lines.join("  \n"));
}
