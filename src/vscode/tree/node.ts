import type { Digest, DigestFact } from "../../core/files/digest.ts";
import type { FileView } from "../../core/session/session.ts";

/** A row of the tree that stands for a session file, as commands receive it. */
export interface FileNode {
  readonly view: FileView;
  readonly workspace: string;
}

/** The row below a file that says what the file holds. */
export interface DigestNode {
  readonly below: FileNode;
  /** Undefined while there is none. */
  readonly digest: Digest | undefined;
}

/** A row below a digest: one thing that is known of the file. */
export interface FactNode {
  readonly below: DigestNode;
  readonly fact: DigestFact;
}

/** A row of an empty session that says what can be done. */
export interface ActionNode {
  readonly title: string;
  readonly icon: string;
  readonly command: string;
}

export type TreeNode = FileNode | DigestNode | FactNode | ActionNode;

export function isFileNode(value: unknown): value is FileNode {
  return typeof value === "object" && value !== null && "view" in value && "workspace" in value;
}

export function isDigestNode(node: TreeNode): node is DigestNode {
  return "digest" in node;
}

export function isFactNode(node: TreeNode): node is FactNode {
  return "fact" in node;
}
