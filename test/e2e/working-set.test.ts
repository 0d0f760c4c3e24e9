import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe } from "node:test";
import { waitUntil } from "../real-vscode/wait.ts";
import { createSteps } from "./steps.ts";
import { addFromExplorer, type SessionTree } from "./session-tree.ts";
import { shownReport } from "./shown-report.ts";
import { lastChat, openStage, type Stage } from "./stage.ts";

const sales = "region,month,revenue\nWest,2025-10,1200\n";

describe("a session that lives on", { timeout: 240_000 }, () => {
  let stage: Stage;
  let tree: SessionTree;
  const step = createSteps(() => stage);

  before(async () => {
    stage = await openStage({
      files: {
        "README.md": "# Q4\n",
        "sales.csv": sales,
        "copy of sales.csv": sales,
        "src/pipeline.ts": "export const answer = 42;\n",
      },
    });
    const { workbench, workspace } = stage;
    tree = await addFromExplorer(workbench, ["README.md", "sales.csv", "copy of sales.csv"]);
    await workbench.editor.open(join(workspace, "src/pipeline.ts"));
    await workbench.editor.chooseFromTab("pipeline.ts", "Add Files to Session…");
    await tree.row("pipeline.ts");
  });

  after(() => stage.close());

  step("duplicates are shown and merged, and merging can be undone", async () => {
    const { workbench } = stage;
    await workbench.runCommand("Satchel: Find Duplicates");
    await workbench.quickInput.opened("Duplicates: Equal Content");
    assert.deepEqual(await workbench.quickInput.labels(), ["Keep sales.csv"]);
    await workbench.quickInput.accept();
    await workbench.notifications.appeared("Merged 1 duplicate");
    await waitUntil("the merge", async () => !(await tree.labels()).includes("copy of sales.csv"));
    await workbench.notifications.click("Merged 1 duplicate", "Undo");
    await tree.row("copy of sales.csv");
  });

  step("below a file is its digest, and Show Digest shows all of it", async () => {
    const { workbench } = stage;
    await tree.expand("sales.csv");
    const row = await tree.described("Digest", /^csv, 1 row, 3 columns: region, month, revenue$/u);
    assert.equal(row.level, 2);
    assert.equal(row.spoken, `Digest of sales.csv, ${row.description}`);
    await workbench.screenshot("digest");
    await tree.choose("sales.csv", "Show Digest");
    const report = await shownReport(workbench, "made by the extractor table");
    assert.match(report, /region\s+month\s+revenue\s+West\s+2025-10\s+1200/u);
    assert.match(report, /Column\s+Type\s[^]*month\s+(?:text|date)\s+0\s+2025-10\s+2025-10\s+1\s/u);
    await workbench.screenshot("digest-report");
    await workbench.runCommand("View: Close All Editors");
    await tree.select("Digest");
    await shownReport(workbench, "made by the extractor table");
    await workbench.runCommand("View: Close All Editors");
    await workbench.runCommand("Satchel: Show Digest");
    await workbench.quickInput.opened("Show Digest");
    await workbench.quickInput.pick("README.md");
    assert.match(await shownReport(workbench, "made by the extractor"), /README\.md[^]*Q4/u);
    await workbench.runCommand("View: Close All Editors");
  });

  step("a click on a row opens the file; removing it can be undone", async () => {
    const { workbench } = stage;
    await tree.select("README.md");
    await workbench.editor.shown("README.md");
    await tree.act("README.md", "Remove from Session");
    await workbench.notifications.appeared("Removed README.md from the session");
    await waitUntil("the row to go", async () => !(await tree.labels()).includes("README.md"));
    await workbench.notifications.click("Removed README.md", "Undo");
    await tree.row("README.md");
    assert.equal((await tree.labels())[0], "README.md");
  });

  step("a change on disk is shown within a second, and a deletion, too", async () => {
    const { workspace, workbench } = stage;
    await stage.write("README.md", "# Q4, revised\n");
    await tree.described("README.md", /^changed on disk · /u);
    await rm(join(workspace, "src/pipeline.ts"));
    await tree.described("pipeline.ts", /^missing on disk · /u);
    await workbench.screenshot("changed-and-missing");
    await tree.upload("pipeline.ts", "OpenAI", "pipeline.ts");
    await workbench.chat.startNew();
    const answer = await workbench.chat.ask("@satchel What changed?");
    assert.match(answer.text, /pipeline\\?\.ts \\?\(.*(missing|gone|not there|no longer)/u);
    assert.ok(lastChat(stage.demo).messages[1]?.content.includes("# Q4, revised"));
    await tree.described("README.md", /full$/u);
  });

  step("a second window sees what the first one does", async () => {
    const second = await stage.openWindow();
    await second.openView("Satchel");
    await second.tree("Session 1").row("sales.csv");
    await tree.choose("sales.csv", "Pin");
    await waitUntil("the pin in the other window", async () =>
      /pinned/u.test((await second.tree("Session 1").row("sales.csv")).description),
    );
    await second.page.close();
  });

  step("an upload that hangs can be cancelled, and sent again", async () => {
    const { workbench, demo } = stage;
    demo.fail("hang");
    await tree.startUpload("README.md", "OpenAI");
    await workbench.notifications.click("Uploading README.md to OpenAI", "Cancel");
    await waitUntil(
      "the notification to go",
      async () => (await workbench.notifications.all()).length === 0,
    );
    await tree.described("README.md", /^\d+ tok · full$/u);
    await tree.upload("README.md", "OpenAI");
    await tree.described("README.md", /openai 47 h/u);
  });

  step("an upload is removed at the provider", async () => {
    const { workbench, demo } = stage;
    await tree.upload("sales.csv", "OpenAI");
    await tree.described("sales.csv", /openai 47 h/u);
    assert.equal(demo.files.length, 2);
    await tree.choose("sales.csv", "Remove from Provider…");
    assert.match(await workbench.dialog.text(), /^Remove sales\.stc-.*\.csv from openai\?/u);
    await workbench.dialog.click("Remove");
    await tree.described("sales.csv", /^\d+ tok · full/u);
    assert.deepEqual(
      demo.files.map(({ filename }) => filename.split(".")[0]),
      ["README"],
    );
  });

  step("sessions are made, renamed, switched and deleted", async () => {
    const { workbench } = stage;
    const named = async (command: string, name: string): Promise<void> => {
      await workbench.runCommand(command);
      await workbench.quickInput.type(name);
      await workbench.quickInput.accept();
    };
    await named("Satchel: New Session…", "Second");
    await workbench.tree("Second").row("Add Files…");
    await named("Satchel: Rename Session…", "Renamed");
    await workbench.tree("Renamed").row("Add Files…");
    await workbench.runCommand("Satchel: Switch Session…");
    await workbench.quickInput.opened("Switch Session");
    assert.deepEqual(await workbench.quickInput.labels(), ["Session 1", "Renamed"]);
    await workbench.quickInput.pick("Session 1");
    await tree.row("sales.csv");
    await workbench.runCommand("Satchel: Delete Session…");
    await workbench.quickInput.pick("Renamed");
    assert.match(
      await workbench.dialog.text(),
      /^Delete the session "Renamed" with its 0 files\?/u,
    );
    await workbench.dialog.click("Delete");
    await workbench.runCommand("Satchel: Switch Session…");
    assert.deepEqual(await workbench.quickInput.labels(), ["Session 1"]);
    await workbench.quickInput.cancel();
  });

  step("the extension host has logged no error", async () => {
    assert.deepEqual(await stage.server.extensionHostErrors(), []);
  });
});
