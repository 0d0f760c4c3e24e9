import type { Tree, TreeRow } from "../real-vscode/tree.ts";
import { waitUntil } from "../real-vscode/wait.ts";
import type { Workbench } from "../real-vscode/workbench.ts";

/** The tree of the active session, as tests ask about it. */
export interface SessionTree extends Tree {
  /** Waits until a row's description, such as `766 tok · full`, fits. */
  described(label: string, description: RegExp): Promise<TreeRow>;
  labels(): Promise<readonly string[]>;
  /** Sends a file to a provider, as far as that goes without another question, and waits for nothing. */
  startUpload(label: string, provider: string): Promise<void>;
  /** Sends a file to a provider, and waits until a notification says `said`: by default, that the file is uploaded. */
  upload(label: string, provider: string, said?: string): Promise<void>;
}

/** The tree is named after the session that it shows. */
export function sessionTree(workbench: Workbench, session: string): SessionTree {
  const tree = workbench.tree(session);
  const startUpload = async (label: string, provider: string): Promise<void> => {
    await tree.act(label, "Upload to Provider…");
    await workbench.quickInput.opened("Upload to Provider");
    await workbench.quickInput.pick(provider);
  };
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
    startUpload,
    async upload(label, provider, said = `1 file uploaded to ${provider}`) {
      await startUpload(label, provider);
      await workbench.notifications.dismiss(said);
    },
  };
}

/** Adds files at the root of the workspace to the first session, from the Explorer's menu, and leaves Satchel's view open with a row for each. */
export async function addFromExplorer(
  workbench: Workbench,
  names: readonly string[],
): Promise<SessionTree> {
  await workbench.openView("Satchel");
  await workbench.openView("Explorer");
  for (const name of names) await workbench.explorer.choose(name, "Add Files to Session…");
  await workbench.openView("Satchel");
  const tree = sessionTree(workbench, "Session 1");
  for (const name of names) await tree.row(name);
  return tree;
}
