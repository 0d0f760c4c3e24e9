import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe } from "node:test";
import { waitUntil } from "../real-vscode/wait.ts";
import { createSteps } from "./steps.ts";
import { addFromExplorer, type SessionTree } from "./session-tree.ts";
import { openStage, type Stage } from "./stage.ts";

const uploaded = "region,units\nÜber,1\n";

describe("downloading what was uploaded", { timeout: 180_000 }, () => {
  let stage: Stage;
  let tree: SessionTree;
  const step = createSteps(() => stage);

  before(async () => {
    stage = await openStage({ files: { "sales.csv": uploaded, "notes.md": "# Notes\n" } });
    tree = await addFromExplorer(stage.workbench, ["sales.csv", "notes.md"]);
    await tree.upload("sales.csv", "Local folder");
    await tree.upload("notes.md", "OpenAI");
  });

  after(() => stage.close());

  step("it is written beside the file, which keeps what it holds", async () => {
    const { workbench, workspace } = stage;
    await tree.choose("sales.csv", "Download from Provider…");
    await workbench.quickInput.opened("Download from Provider");
    await workbench.quickInput.accept();
    await workbench.notifications.dismiss(
      "Downloaded sales.csv from Local folder to sales (downloaded).csv",
    );
    for (const name of ["sales.csv", "sales (downloaded).csv"])
      assert.equal(await readFile(join(workspace, name), "utf8"), uploaded);
  });

  step("nothing is written over a file, even if the dialog allows it", async () => {
    const { workbench, workspace } = stage;
    const target = join(workspace, "sales (downloaded).csv");
    await writeFile(target, "mine");
    await tree.choose("sales.csv", "Download from Provider…");
    await workbench.quickInput.opened("Download from Provider");
    await workbench.quickInput.accept();
    await workbench.page.getByText("Are you sure you want to overwrite it?").waitFor();
    await workbench.quickInput.accept();
    assert.match(await workbench.dialog.text(), /is there already[^]*writes over no file/u);
    await workbench.dialog.click("OK");
    await workbench.quickInput.opened("Download from Provider");
    await workbench.quickInput.cancel();
    assert.equal(await readFile(target, "utf8"), "mine");
    assert.deepEqual(
      (await readdir(workspace)).filter((name) => name.includes(".part")),
      [],
    );
  });

  step("a provider that gives nothing back says so", async () => {
    const { workbench } = stage;
    await tree.choose("notes.md", "Download from Provider…");
    const { severity, text } = await workbench.notifications.appeared("gives no uploaded files");
    assert.equal(severity, "error");
    assert.match(text, /OpenAI gives no uploaded files back, so notes\.md cannot be downloaded/u);
    await workbench.notifications.dismiss("gives no uploaded files");
  });

  step("the command offers what can be had of the whole session", async () => {
    const { workbench, workspace } = stage;
    await tree.upload("notes.md", "Local folder");
    await workbench.runCommand("Satchel: Download from Provider…");
    await workbench.quickInput.pick("notes.md at Local folder");
    const box = workbench.page.locator(".quick-input-widget").getByRole("textbox");
    await waitUntil("the file dialog", async () =>
      (await box.inputValue()).endsWith("/notes (downloaded).md"),
    );
    await workbench.quickInput.accept();
    await workbench.notifications.dismiss("to notes (downloaded).md");
    assert.equal(await readFile(join(workspace, "notes (downloaded).md"), "utf8"), "# Notes\n");
  });

  step("the download is logged, with its bytes", async () => {
    const output = await stage.server.outputOf("satchel.satchel");
    assert.match(
      output,
      /\[info\] download completed sales\.csv · local · 21 B · .* \(command downloadFile:/u,
    );
  });

  step("the extension host has logged no error", async () => {
    assert.deepEqual(await stage.server.extensionHostErrors(), []);
  });
});
