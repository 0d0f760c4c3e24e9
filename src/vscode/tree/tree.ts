import { commands, window, type Disposable, type TreeView } from "vscode";
import { counted } from "../../core/session/format.ts";
import type { SessionPage } from "../../core/session/session.ts";
import { contextKeys, viewId } from "../names.ts";
import type { DropController } from "./drop.ts";
import { FileNodes, type FileNodesParts } from "./file-nodes.ts";
import type { TreeNode } from "./node.ts";

const introduction =
  "The files that you ask a model about, in one place: uploaded once, sent when they fit, shown as they were sent. " +
  "Drop files here, or attach them with # in a question to @satchel.";

/** The whole sentence, with paths too long for a sidebar, is in the notification. */
const unreadable = "The session cannot be read now. Nothing of it was changed.";

/** Expiries count down while the tree is on screen. */
const updateInterval = 60_000;

/** The tree on screen. */
export interface Tree extends Disposable {
  /** Shows more rows of a large session. */
  showMore(): Promise<void>;
}

/** The sidebar view of the active session. */
export function createTree(parts: FileNodesParts, drop: DropController): Tree {
  const nodes = new FileNodes(parts);
  const view = window.createTreeView(viewId, {
    treeDataProvider: nodes,
    dragAndDropController: drop,
    canSelectMany: true,
    showCollapseAll: true,
  });
  nodes.onDidLoad((loaded) => {
    if ("failure" in loaded) view.message = unreadable;
    else showSummary(view, loaded.session);
  });
  const timer = setInterval(() => view.visible && void nodes.update(), updateInterval);
  return {
    showMore: () => nodes.more(),
    dispose() {
      clearInterval(timer);
      view.dispose();
      nodes.dispose();
    },
  };
}

/** Session and size above the rows. */
function showSummary(view: TreeView<TreeNode>, session: SessionPage | undefined): void {
  const { total = 0, tokens = 0 } = session ?? {};
  view.title = session?.session.name ?? "Session Files";
  view.message =
    total === 0 ? introduction : `${counted(tokens, "token")} in ${counted(total, "file")}`;
  void commands.executeCommand("setContext", contextKeys.hasFiles, total > 0);
}
