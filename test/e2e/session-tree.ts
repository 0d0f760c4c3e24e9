import type { Tree, TreeRow } from "../real-vscode/tree.ts";
import { waitUntil } from "../real-vscode/wait.ts";
import type { Workbench } from "../real-vscode/workbench.ts";

/** The tree of the active session, as tests ask about it. */
export interface SessionTree extends Tree {
  /** Waits until a row's description, such as `766 tok · full`, fits. */
  described(label: string, description: RegExp): Promise<TreeRow>;
  labels(): Promise<readonly string[]>;
}

/** The tree is named after the session that it shows. */
export function sessionTree(workbench: Workbench, session: string): SessionTree {
  const tree = workbench.tree(session);
  return {
    ...tree,
    labels: async () => (await tree.rows()).map(({ label }) => label),
    async described(label, description) {
      let row = await tree.row(label);
      await waitUntil(`${label} to be described as ${description.source}`, async () => {
        row = await tree.row(label);
        return description.test(row.description);
      });
      return row;
    },
  };
}
