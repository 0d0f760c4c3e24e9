import assert from "node:assert/strict";
import { after, before, describe } from "node:test";
import { waitFor } from "../real-vscode/wait.ts";
import { createSteps } from "./steps.ts";
import { sessionTree, type SessionTree } from "./session-tree.ts";
import { openStage, type Stage } from "./stage.ts";

const sales = "region,month,revenue\n" + "West,2025-10,1200\n".repeat(400);

describe("advice before an upload", { timeout: 240_000 }, () => {
  let stage: Stage;
  let tree: SessionTree;
  const step = createSteps(() => stage);

  before(async () => {
    const files = { "sales.csv": sales, "notes.md": "# Notes\n", "data.bin": new Uint8Array(9) };
    stage = await openStage({ files });
    const { workbench } = stage;
    await stage.server.changeSettings({
      "satchel.models": {
        "openai/priced": {
          name: "Priced",
          maxInputTokens: 100_000,
          maxOutputTokens: 1_000,
          prices: { input: 2, cached: 0.2, output: 10 },
        },
        "openai/wrong": { maxInputTokens: "many" },
      },
    });
    await workbench.openView("Satchel");
    await workbench.openView("Explorer");
    for (const name of Object.keys(files)) {
      await workbench.explorer.choose(name, "Add Files to Session…");
    }
    await workbench.openView("Satchel");
    tree = sessionTree(workbench, "Session 1");
    await tree.described("sales.csv", /tok/u);
  });

  after(() => stage.close());

  step("each provider says in a line what it would do with a file", async () => {
    const { workbench } = stage;
    await tree.act("sales.csv", "Upload to Provider…");
    await workbench.quickInput.opened("Upload to Provider");
    const lines = await rows(stage);
    await workbench.screenshot("advice");
    assert.match(lines.get("OpenAI") ?? "", /stores only; chat gets its text|referenced by id/u);
    assert.match(lines.get("OpenAI") ?? "", /k tok/u);
    assert.match(lines.get("Local folder") ?? "", /stores only; chat cannot read it/u);
    await workbench.quickInput.cancel();
  });

  step("what was uploaded is there already", async () => {
    const { workbench } = stage;
    await tree.act("sales.csv", "Upload to Provider…");
    await workbench.quickInput.pick("Local folder");
    await workbench.notifications.dismiss("1 file uploaded to Local folder");
    await tree.described("sales.csv", / · local 47 h · /u);
    await tree.act("sales.csv", "Upload to Provider…");
    await workbench.quickInput.opened("Upload to Provider");
    assert.match((await rows(stage)).get("Local folder") ?? "", /^already there · /u);
    await workbench.quickInput.cancel();
  });

  step("all providers stand side by side in a report", async () => {
    const { workbench } = stage;
    await tree.act("sales.csv", "Compare Upload and Send…");
    const report = await waitFor("the report", async () => {
      for (const frame of workbench.page.frames()) {
        const text = await frame
          .locator("body")
          .innerText()
          .catch(() => "");
        if (text.includes("Upload and send, compared")) return text;
      }
      return undefined;
    });
    await workbench.screenshot("advice-report");
    assert.match(report, /An upload saves no tokens/u);
    assert.match(report, /OpenAI/u);
    assert.match(report, /Local folder/u);
    await workbench.runCommand("View: Close All Editors");
  });

  step("the extension host has logged no error", async () => {
    assert.deepEqual(await stage.server.extensionHostErrors(), []);
  });
});

/** The line of advice by provider, as the quick pick shows it. */
async function rows({ workbench }: Stage): Promise<ReadonlyMap<string, string>> {
  await workbench.quickInput.labels();
  const found = await workbench.page.locator(".quick-input-widget .monaco-list-row").all();
  const texts = await Promise.all(found.map((row) => row.innerText()));
  return new Map(
    texts.map((text) => {
      const [name = "", ...rest] = text.split("\n").filter((line) => line.trim() !== "");
      return [name, rest.join("\n")];
    }),
  );
}
