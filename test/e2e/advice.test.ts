import assert from "node:assert/strict";
import { after, before, describe } from "node:test";
import { createSteps } from "./steps.ts";
import { addFromExplorer, type SessionTree } from "./session-tree.ts";
import { shownReport } from "./shown-report.ts";
import { openStage, type Stage } from "./stage.ts";

const sales = "region,month,revenue\n" + "West,2025-10,1200\n".repeat(400);

const huge = new Uint8Array(50_000_001);

describe("advice before an upload", { timeout: 240_000 }, () => {
  let stage: Stage;
  let tree: SessionTree;
  const step = createSteps(() => stage);

  before(async () => {
    const files = { "sales.csv": sales, "data.bin": new Uint8Array(9), "huge.bin": huge };
    stage = await openStage({ files });
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
      "satchel.files.maxMegabytes": 60,
    });
    tree = await addFromExplorer(stage.workbench, Object.keys(files));
    await tree.described("sales.csv", /tok/u);
  });

  after(() => stage.close());

  step("each provider says in a line what it would do with a file", async () => {
    const { workbench } = stage;
    await tree.act("sales.csv", "Upload to Provider…");
    await workbench.quickInput.opened("Upload to Provider");
    const lines = await rows(stage);
    await workbench.screenshot("advice");
    assert.match(
      lines.get("OpenAI") ?? "",
      /^referenced by id · 4\.0k tok · \$0\.008 cold, \$0\.0008 cached \(Priced\)$/u,
    );
    assert.equal(lines.get("Local folder"), "stores only; chat cannot read it");
    await workbench.quickInput.cancel();
  });

  step("what was uploaded is there already", async () => {
    const { workbench } = stage;
    await tree.upload("sales.csv", "Local folder");
    await tree.described("sales.csv", / · local 47 h · /u);
    await tree.act("sales.csv", "Upload to Provider…");
    await workbench.quickInput.opened("Upload to Provider");
    assert.match((await rows(stage)).get("Local folder") ?? "", /^already there · /u);
    await workbench.quickInput.cancel();
  });

  step(
    "a provider that cannot take a file stands last, and says why when it is chosen",
    async () => {
      const { workbench } = stage;
      await tree.act("data.bin", "Upload to Provider…");
      await workbench.quickInput.opened("Upload to Provider");
      const why = "it stores no files of the type application/octet-stream";
      const lines = await rows(stage);
      assert.equal(lines.get("Anthropic"), why);
      assert.ok([...lines.keys()].indexOf("Anthropic") > [...lines.keys()].indexOf("Local folder"));
      await workbench.screenshot("advice-refusal");
      await workbench.quickInput.pick("Anthropic");
      await workbench.notifications.dismiss(`Anthropic cannot take data.bin: ${why}`);
    },
  );

  step("much is confirmed first", async () => {
    const { workbench } = stage;
    await tree.startUpload("huge.bin", "Local folder");
    assert.match(await workbench.dialog.text(), /Upload 1 file of 50\.0 MB to Local folder\?/u);
    await workbench.dialog.click("Cancel");
    await tree.described("huge.bin", /^50\.0 MB · not sent$/u);
  });

  step("all providers stand side by side in a report", async () => {
    const { workbench } = stage;
    await tree.choose("sales.csv", "Compare Upload and Send…");
    const report = await shownReport(workbench, "Upload and send, compared");
    await workbench.screenshot("advice-report");
    assert.match(report, /An upload saves no tokens/u);
    assert.match(
      report,
      /OpenAI \(Priced\)\s+stored\s+the upload, by its id\s+4,\d{3}\s+\$0\.008\s/u,
    );
    assert.match(report, /Local folder\s+already there\s+nothing\s/u);
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
      const lines = text.split("\n").map((line) => line.replace(/\p{Co}/gu, "").trim());
      const [name = "", ...rest] = lines.filter((line) => line !== "");
      return [name, rest.at(-1) ?? ""];
    }),
  );
}
