import type { FileView } from "../../core/session/session.ts";

/** A row of the tree that stands for a session file, as commands receive it. */
export interface FileNode {
  readonly view: FileView;
  readonly workspace: string;
}

/** A row of an empty session that says what can be done. */
export interface ActionNode {
  readonly title: string;
  readonly icon: string;
  readonly command: string;
}

export type TreeNode = FileNode | ActionNode;

export function isFileNode(value: unknown): value is FileNode {
  return typeof value === "object" && value !== null && "view" in value && "workspace" in value;
}
