import { Uri, window } from "vscode";
import { pathInWorkspace } from "../../core/session/path.ts";
import type { FileView } from "../../core/session/session.ts";
import type { ActiveSession } from "../active-session.ts";
import { isFileNode, type FileNode } from "../tree/node.ts";
import { digestLine, rowOf } from "../tree/row.ts";

export interface Selecting {
  readonly title: string;
  /** Which files the command makes sense for. */
  readonly where?: (view: FileView) => boolean;
  /** True unless something else is said. */
  readonly canPickMany?: boolean;
}

/**
 * The files that a command is about: the rows that it was called on, as they are now, or what the user picks from a list. Empty if the user
 * picks nothing, or there is nothing to pick from (which is said).
 */
export async function selectFiles(
  active: ActiveSession,
  args: readonly unknown[],
  { title, where = () => true, canPickMany = true }: Selecting,
): Promise<readonly FileView[]> {
  const session = await active.view();
  const candidates = (session?.files ?? []).filter(where);
  const ids = new Set(nodesOf(args).map(({ view }) => view.file.id));
  if (ids.size > 0) return candidates.filter(({ file }) => ids.has(file.id));
  if (candidates.length === 0) {
    void window.showInformationMessage(`${title}: no file of this session fits.`);
    return [];
  }
  const items = candidates.map((view) => {
    const path = pathInWorkspace(view.file.uri, session?.session.workspace ?? "");
    return {
      label: path,
      description: rowOf(view, path, Date.now()).description,
      detail: digestLine(view),
      view,
    };
  });
  const options = { title, matchOnDescription: true };
  const picked = canPickMany
    ? await window.showQuickPick(items, { ...options, canPickMany: true })
    : await window.showQuickPick(items, options);
  return [picked ?? []].flat().map(({ view }) => view);
}

/** The one file that a command is about: the row that it was called on, or what the user picks. */
export async function selectFile(
  active: ActiveSession,
  args: readonly unknown[],
  { title, where }: Selecting,
): Promise<FileView | undefined> {
  const [clicked] = args;
  const views = await selectFiles(active, isFileNode(clicked) ? [clicked] : args, {
    title,
    canPickMany: false,
    ...(where && { where }),
  });
  return views[0];
}

/** Tree commands get the clicked row, then all selected rows. */
function nodesOf(args: readonly unknown[]): readonly FileNode[] {
  const [node, nodes] = args;
  if (Array.isArray(nodes)) return nodes.filter(isFileNode);
  return isFileNode(node) ? [node] : [];
}

/** The URIs that a menu of the Explorer or of an editor tab gives: the clicked one, then all selected ones. */
export function urisOf(args: readonly unknown[]): readonly string[] {
  const [uri, uris] = args;
  const given = Array.isArray(uris) && uris.length > 0 ? uris : [uri];
  return given.filter((item) => item instanceof Uri).map(String);
}
