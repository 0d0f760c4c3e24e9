import type { FileView } from "../../core/session/session.ts";

/** A row of the tree that stands for a session file, as commands receive it. */
export interface FileNode {
  readonly view: FileView;
  readonly workspace: string;
}
