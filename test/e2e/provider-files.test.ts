import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { after, before, describe } from "node:test";
import { waitUntil } from "../real-vscode/wait.ts";
import { createSteps } from "./steps.ts";
import { addFromExplorer, type SessionTree } from "./session-tree.ts";
import { openStage, type Stage } from "./stage.ts";

const report = resolve(import.meta.dirname, "../demo/workspace/report.pdf");

/** The parts of the newest question that refer to uploads. */
function references({ demo }: Stage): readonly string[] {
  const asked = demo.requests.findLast(({ path }) => path === "/v1/chat/completions");
  const text = JSON.stringify(asked?.body ?? "");
  return [...text.matchAll(/"file_id":"([^"]+)"/gu)].map(([, id = ""]) => id);
}

describe("files that lie at a provider", { timeout: 240_000 }, () => {
  let stage: Stage;
  let tree: SessionTree;
  const step = createSteps(() => stage);
  const atProvider = (): readonly string[] => stage.demo.files.map(({ id }) => id);
  const deleteElsewhere = async (id: string): Promise<void> => {
    const reply = await fetch(`${stage.demo.url}/files/${id}`, { method: "DELETE" });
    assert.equal(reply.status, 200);
  };
  const uploadElsewhere = async (name: string, text: string): Promise<void> => {
    const form = new FormData();
    form.set("purpose", "user_data");
    form.set("file", new Blob([text]), name);
    const reply = await fetch(`${stage.demo.url}/files`, { method: "POST", body: form });
    assert.equal(reply.status, 200);
  };

  before(async () => {
    stage = await openStage({
      files: { "report.pdf": await readFile(report), "notes.md": "# Notes\n" },
      models: ["gpt-5.5"],
    });
    tree = await addFromExplorer(stage.workbench, ["report.pdf", "notes.md"]);
  });

  after(() => stage.close());

  step("a PDF that was not uploaded is left out, with the way to change that", async () => {
    const { workbench } = stage;
    await workbench.chat.startNew();
    const answer = await workbench.chat.ask("@satchel What does the report say?");
    assert.match(answer.text, /report\\?\.pdf \\?\(.*upload/u);
    assert.deepEqual(references(stage), []);
  });

  step("once uploaded, the model reads it by its id", async () => {
    const { workbench } = stage;
    await tree.upload("report.pdf", "OpenAI");
    await workbench.chat.ask("@satchel What does the report say?");
    assert.deepEqual(references(stage), atProvider());
    await tree.described("report.pdf", /reference/u);
    await workbench.screenshot("by-reference");
  });

  step("what the provider has dropped is uploaded again, and the question goes on", async () => {
    const { workbench } = stage;
    const [dropped = ""] = atProvider();
    await deleteElsewhere(dropped);
    const answer = await workbench.chat.ask("@satchel And what else?");
    assert.doesNotMatch(answer.text, /gone|sorry|error/iu);
    const [now] = atProvider();
    assert.notEqual(now, dropped);
    assert.deepEqual(references(stage), [now]);
  });

  step("what lies at the provider is compared, and what others uploaded is adopted", async () => {
    const { workbench } = stage;
    await uploadElsewhere("notes.md", "# Notes\n");
    await workbench.runCommand("Satchel: Compare with Provider…");
    await workbench.quickInput.pick("OpenAI");
    await workbench.quickInput.opened("Reconcile");
    await workbench.screenshot("reconcile");
    await workbench.quickInput.check(["Adopt notes.md"]);
    await tree.described("notes.md", /openai/u);
    await tree.upload("notes.md", "OpenAI", "already there: nothing sent");
    assert.equal(atProvider().length, 2);
  });

  step("a cleanup shows what it would delete, and leaves what others uploaded", async () => {
    const { workbench } = stage;
    await workbench.runCommand("Satchel: Clean Up Provider…");
    await workbench.quickInput.pick("OpenAI");
    await workbench.quickInput.pick("All uploads of Satchel");
    await workbench.quickInput.opened("Would Be Deleted at OpenAI");
    const planned = await workbench.quickInput.labels();
    assert.equal(planned.length, 1);
    assert.match(planned[0] ?? "", /^report\.stc-/u);
    assert.equal(atProvider().length, 2, "it is a dry run so far");
    await workbench.quickInput.check(planned);
    assert.match(await workbench.dialog.text(), /^Delete 1 upload at OpenAI\?/u);
    await workbench.dialog.click("Delete 1");
    await waitUntil("the deletion", async () => atProvider().length === 1);
    assert.deepEqual(
      stage.demo.files.map(({ filename }) => filename),
      ["notes.md"],
    );
    await workbench.notifications.dismiss("1 upload deleted at OpenAI");
  });

  step("the extension host has logged no error", async () => {
    assert.deepEqual(await stage.server.extensionHostErrors(), []);
  });
});
