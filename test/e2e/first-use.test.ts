import assert from "node:assert/strict";
import { after, before, describe } from "node:test";
import { openStage, type Stage } from "./stage.ts";
import { addFromExplorer, sessionTree } from "./session-tree.ts";
import { createSteps } from "./steps.ts";

const files = { "notes.md": "# Notes\n\nWest missed its target.\n" };

describe("before anything is set up", { timeout: 120_000 }, () => {
  let stage: Stage;
  const step = createSteps(() => stage);

  before(async () => {
    stage = await openStage({ files, remote: true });
  });

  after(() => stage.close());

  step("the very first question is answered, before Satchel was ever opened", async () => {
    const { chat } = stage.workbench;
    await chat.startNew();
    assert.match((await chat.ask("@satchel Hello?")).text, /Nothing was sent/u);
    await stage.workbench.openView("Satchel");
  });

  step("the first file can be dropped on the empty view", async () => {
    await stage.workbench.dragToView("notes.md", "Satchel", "Session 1");
    await stage.workbench.tree("Session 1").row("notes.md");
  });

  step("without a key, a question shows what would be sent and leads to the set-up", async () => {
    const { workbench } = stage;
    await workbench.chat.startNew();
    const answer = await workbench.chat.ask("@satchel What is this about?");
    assert.equal(answer.error, "");
    assert.match(answer.text, /sen(t|ds) nothing|nothing (was|is) sent/iu);
    assert.deepEqual(answer.buttons, ["Set API Key"]);
    await sessionTree(workbench, "Session 1").described("notes.md", / · not sent$/u);
    await workbench.screenshot("no-provider-yet");
    await workbench.chat.click("Set API Key");
    await workbench.quickInput.opened("Set API Key");
    await workbench.quickInput.pick("OpenAI");
    await workbench.quickInput.opened("API Key for OpenAI");
    await workbench.quickInput.cancel();
  });

  step("without a key, an upload to OpenAI asks for one, and says what is missing", async () => {
    const { workbench } = stage;
    await sessionTree(workbench, "Session 1").startUpload("notes.md", "OpenAI");
    await workbench.quickInput.opened("API Key for OpenAI");
    await workbench.quickInput.cancel();
    const message = await workbench.notifications.appeared("OpenAI is not set up yet");
    assert.deepEqual(message.buttons, ["Set API Key"]);
    await workbench.notifications.dismiss("OpenAI is not set up yet");
  });

  step("the store on this machine takes uploads without a key", async () => {
    const { workbench } = stage;
    const tree = sessionTree(workbench, "Session 1");
    for (const said of ["1 file uploaded to Local folder", "1 file already there: nothing sent"]) {
      await tree.upload("notes.md", "Local folder", said);
      await tree.described("notes.md", / · local 47 h · /u);
    }
  });

  step("what would be sent can be shown without chat", async () => {
    const { workbench } = stage;
    await workbench.runCommand("Satchel: Show What Would Be Sent");
    assert.match(
      await workbench.editor.text(),
      /in +notes\.md · full · [\s\S]*West missed its target\./u,
    );
  });

  step("the extension host has logged no error", async () => {
    assert.deepEqual(await stage.server.extensionHostErrors(), []);
  });
});

describe("in Restricted Mode", { timeout: 90_000 }, () => {
  let stage: Stage;
  const step = createSteps(() => stage);

  before(async () => {
    stage = await openStage({ files, restricted: true });
  });

  after(() => stage.close());

  step("files are listed and counted, and nothing leaves the machine", async () => {
    const { workbench, demo } = stage;
    const tree = await addFromExplorer(workbench, ["notes.md"]);
    await tree.described("notes.md", /^8 tok · not sent$/u);
    await tree.act("notes.md", "Upload to Provider…");
    const message = await workbench.notifications.appeared("Uploading is off in Restricted Mode");
    assert.deepEqual(message.buttons, ["Manage Trust"]);
    assert.equal(demo.files.length, 0);
    assert.deepEqual(demo.requests, []);
  });

  step("the extension host has logged no error", async () => {
    assert.deepEqual(await stage.server.extensionHostErrors(), []);
  });
});
