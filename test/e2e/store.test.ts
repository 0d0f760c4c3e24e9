import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe } from "node:test";
import type { FileContext } from "../../src/core/session/file-context.ts";
import { waitUntil } from "../real-vscode/wait.ts";
import { createSteps } from "./steps.ts";
import { addFromExplorer, sessionTree, type SessionTree } from "./session-tree.ts";
import { openStage, type Stage } from "./stage.ts";

const sales = "region,month,revenue\nWest,2025-10,1200\nEast,2025-10,900\n";

describe("a store that a user can trust", { timeout: 240_000 }, () => {
  let stage: Stage;
  let tree: SessionTree;
  const step = createSteps(() => stage);

  before(async () => {
    stage = await openStage({ files: { "sales.csv": sales, "notes.md": "# Notes\n" } });
    tree = await addFromExplorer(stage.workbench, ["sales.csv", "notes.md"]);
  });

  after(() => stage.close());

  step("the file context is saved, summed up and opened", async () => {
    const { workbench } = stage;
    await workbench.runCommand("Satchel: Save File Context");
    await workbench.notifications.dismiss("Saved 2 files for phase 1");
    await workbench.runCommand("Satchel: Show File Context Summary");
    await workbench.notifications.dismiss("2 files: sales.csv (csv, 2 rows), notes.md (md).");
    await workbench.runCommand("Satchel: Open File Context");
    await workbench.editor.shown("file_context.json");
    const context = JSON.parse(await workbench.editor.text()) as FileContext;
    assert.deepEqual(context.file_list, ["sales.csv", "notes.md"]);
    assert.deepEqual(context.file_metadata["sales.csv"]?.columns, ["region", "month", "revenue"]);
    await closeEditors(stage);
  });

  step("a session is exported and comes back with its files", async () => {
    const { workbench, workspace } = stage;
    await workbench.runCommand("Satchel: Export Session…");
    await workbench.quickInput.opened('Export "Session 1"');
    await workbench.quickInput.pick("With contents");
    await workbench.quickInput.opened("Export Session");
    await workbench.quickInput.accept();
    await workbench.notifications.dismiss("Exported 2 files to Session 1.satchel");
    await rm(join(workspace, "notes.md"));
    await workbench.runCommand("Satchel: Import Session…");
    await workbench.quickInput.opened("Import Session");
    await workbench.quickInput.pick("Session 1.satchel");
    await workbench.notifications.click("1 file came along", "Create Them");
    tree = sessionTree(workbench, "Session 1 (2)");
    await tree.described("notes.md", /^\d+ tok · not sent$/u);
    await tree.described("sales.csv", /^\d+ tok · not sent$/u);
    assert.equal(await readFile(join(workspace, "notes.md"), "utf8"), "# Notes\n");
  });

  step("a copy expires; with the last of a file it can be restored and written back", async () => {
    const { workbench, workspace } = stage;
    await stage.server.changeSettings({ "satchel.upload.lifetimeHours": 0.0001 });
    await rm(join(workspace, "sales.csv"));
    await tree.described("sales.csv", /^missing on disk/u);
    await workbench.runCommand("Satchel: Expire Copies Now");
    await workbench.notifications.appeared("sales.csv was not on disk any more");
    await workbench.screenshot("expired");
    await stage.server.changeSettings({ "satchel.upload.lifetimeHours": 48 });
    await waitUntil("the row to go", async () => !(await tree.labels()).includes("sales.csv"));
    await workbench.notifications.click("sales.csv was not on disk any more", "Restore…");
    await workbench.quickInput.opened("Restore from Trash");
    await workbench.screenshot("trash");
    await workbench.quickInput.pick("sales.csv");
    await workbench.quickInput.accept();
    await workbench.notifications.click("Restored sales.csv", "Write Back to Disk");
    await tree.described("sales.csv", /^\d+ tok · not sent$/u);
    assert.equal(await readFile(join(workspace, "sales.csv"), "utf8"), sales);
  });

  step("a sound store is found to be sound", async () => {
    const { workbench } = stage;
    await workbench.runCommand("Satchel: Verify Store…");
    await workbench.quickInput.opened("Verify Store");
    await workbench.quickInput.pick("Everything");
    await workbench.notifications.dismiss("Satchel's store is sound");
    await workbench.screenshot("store-report");
    await closeEditors(stage);
  });

  step("a damaged store is named, left as it is, and rebuilt when the user wants it", async () => {
    const { workbench, server } = stage;
    const folder = join(server.userDataDir, "User/globalStorage/satchel.satchel");
    const database = join(folder, "registry.sqlite");
    await workbench.runCommand("View: Close All Editors");
    await workbench.page.goto("about:blank");
    await waitUntil("the database to be closed", async () => !existsSync(`${database}-wal`));
    const garbage = "no database\n".repeat(2_000);
    await writeFile(database, garbage);
    await workbench.page.goto(server.url);
    await workbench.openView("Satchel");
    await workbench.notifications.appeared("registry.sqlite is damaged and was left as it is");
    assert.equal(await readFile(database, "utf8"), garbage);
    await workbench.screenshot("damaged-store");
    await workbench.notifications.click("registry.sqlite is damaged", "Rebuild Store…");
    await workbench.dialog.click("Rebuild");
    await sessionTree(workbench, "Session 1 (2)").row("sales.csv");
    await workbench.screenshot("rebuilt-store");
  });

  step("the extension host has logged no error", async () => {
    assert.deepEqual(await stage.server.extensionHostErrors(), []);
  });
});

async function closeEditors({ workbench }: Stage): Promise<void> {
  await workbench.runCommand("View: Close All Editors");
  await waitUntil("the editors to close", async () => (await workbench.editor.tabs()).length === 0);
}
