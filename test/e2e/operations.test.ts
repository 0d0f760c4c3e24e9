import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe } from "node:test";
import { waitUntil } from "../real-vscode/wait.ts";
import { createSteps } from "./steps.ts";
import { addFromExplorer, type SessionTree } from "./session-tree.ts";
import { openStage, type Stage } from "./stage.ts";

const content = "canary-content,month\nWest,2025-10\n";

describe("the log of operations", { timeout: 180_000 }, () => {
  let stage: Stage;
  let tree: SessionTree;
  const step = createSteps(() => stage);

  before(async () => {
    stage = await openStage({ files: { "sales.csv": content, "notes.md": "# Notes\n" } });
    tree = await addFromExplorer(stage.workbench, ["sales.csv", "notes.md"]);
  });

  after(() => stage.close());

  step("an upload, a duplicate upload and a failed one are listed, newest first", async () => {
    const { workbench, demo } = stage;
    await tree.upload("sales.csv", "Local folder");
    await tree.upload("sales.csv", "Local folder", "1 file already there");
    demo.fail({ status: 400 });
    await tree.upload("notes.md", "OpenAI", "notes.md");
    await workbench.runCommand("Satchel: Show Operations…");
    await workbench.quickInput.opened("Operations");
    assert.deepEqual(await entries(stage), [
      "Upload notes.md",
      "Dedup sales.csv",
      "Upload sales.csv",
      "Metadata change notes.md",
      "Metadata change sales.csv",
    ]);
    const list = await workbench.page.locator(".quick-input-widget").innerText();
    assert.match(list, /failed: provider-rejected · .* · openai/u);
    assert.match(list, /completed · 34 B · .* · local/u);
    await workbench.screenshot("operations");
  });

  step("the list can be filtered by file, from the list and from a row", async () => {
    const { workbench } = stage;
    const { quickInput } = workbench;
    await workbench.page.getByRole("button", { name: "Filter by File…" }).click();
    await quickInput.opened("Filter Operations by File");
    await quickInput.pick("notes.md");
    await quickInput.opened("Operations: notes.md");
    assert.deepEqual(await entries(stage), ["Upload notes.md", "Metadata change notes.md"]);
    await quickInput.cancel();
    await tree.choose("sales.csv", "Show Operations…");
    await quickInput.opened("Operations: sales.csv");
    assert.deepEqual(await entries(stage), [
      "Dedup sales.csv",
      "Upload sales.csv",
      "Metadata change sales.csv",
    ]);
  });

  step("an entry opens its events, which cannot be edited and need not be saved", async () => {
    const { workbench } = stage;
    await workbench.quickInput.pick("Upload sales.csv");
    await waitUntil("the events", async () =>
      (await workbench.editor.tabs()).some((name) =>
        /^upload sales\.csv \w{8}\.jsonl$/u.test(name),
      ),
    );
    const events = parsed(await workbench.editor.text());
    assert.deepEqual(
      events.map(({ event }) => event),
      ["started", "completed"],
    );
    assert.equal(new Set(events.map(({ id }) => id)).size, 1);
    await workbench.screenshot("operation-events");
    await workbench.runCommand("View: Close Editor");
    await waitUntil(
      "the editor to close",
      async () => (await workbench.editor.tabs()).length === 0,
    );
  });

  step("several files pinned at once are one entry, found by each of them", async () => {
    const { workbench } = stage;
    await tree.select("sales.csv", "notes.md");
    // The first click opens its file, which would close a menu.
    await workbench.editor.shown("sales.csv");
    await tree.choose("sales.csv", "Pin");
    await tree.described("notes.md", /pinned$/u);
    await tree.choose("notes.md", "Show Operations…");
    assert.equal((await entries(stage))[0], "Metadata change notes.md");
    await workbench.quickInput.cancel();
  });

  step("a question is logged as packing, and as access to each file that was sent", async () => {
    const { workbench } = stage;
    await workbench.chat.startNew();
    await workbench.chat.ask("@satchel What is this?");
    await workbench.runCommand("Satchel: Show Operations…");
    assert.deepEqual((await entries(stage)).slice(0, 2), ["Access", "Pack"]);
    await workbench.quickInput.cancel();
    await tree.choose("notes.md", "Show Operations…");
    assert.equal((await entries(stage))[0], "Access notes.md");
    await workbench.quickInput.cancel();
  });

  step("an upload that dies with its window is ended as interrupted", async () => {
    const { workbench, demo } = stage;
    // One row alone: an upload takes all that are selected.
    await tree.select("notes.md");
    await workbench.editor.shown("notes.md");
    demo.fail("hang");
    await tree.startUpload("notes.md", "OpenAI");
    await waitUntil("the upload to hang", async () => demo.requests.at(-1)?.path === "/v1/files");
    await workbench.reload();
    await workbench.openView("Satchel");
    await tree.row("notes.md");
    await waitUntil("the end of the upload", async () => {
      await tree.choose("notes.md", "Show Operations…");
      await workbench.quickInput.opened("Operations: notes.md");
      const list = await workbench.page.locator(".quick-input-widget").innerText();
      await workbench.quickInput.cancel();
      return /^ ?Upload notes\.md\s*failed: interrupted · openai/mu.test(list);
    });
  });

  step("the log is exported as JSON Lines, without what is in the files", async () => {
    const { workbench, workspace } = stage;
    await workbench.runCommand("Satchel: Export Operations…");
    await workbench.quickInput.opened("Export Operations");
    await workbench.quickInput.accept();
    await workbench.notifications.dismiss("to satchel-operations.jsonl");
    const text = await readFile(join(workspace, "satchel-operations.jsonl"), "utf8");
    const events = parsed(text);
    const idsOf = (name: string) =>
      events.filter(({ event }) => event === name).map(({ id }) => id);
    const ended = new Set([...idsOf("completed"), ...idsOf("failed")]);
    assert.ok(idsOf("started").length >= 9);
    assert.deepEqual(new Set(idsOf("started")), ended);
    assert.doesNotMatch(text, /canary/u);
  });

  step("every event is a line of the log channel, failures as warnings", async () => {
    const output = await stage.server.outputOf("satchel.satchel");
    const upload =
      /\[info\] upload completed sales\.csv · local · 34 B · .* · op (\w{8}) \(command upload:\w{8}\)/u;
    assert.match(output, upload);
    assert.match(output, /\[warning\] upload failed notes\.md · openai · provider-rejected · /u);
    assert.doesNotMatch(output, /canary/u);
  });

  step("the extension host has logged no error", async () => {
    assert.deepEqual(await stage.server.extensionHostErrors(), []);
  });
});

/** The first lines of the list's entries, without their icons. */
async function entries({ workbench }: Stage): Promise<readonly string[]> {
  const lines = await workbench.quickInput.labels();
  return lines.map((line) => line.trim()).filter((line) => !line.includes(" · op "));
}

function parsed(text: string): readonly { readonly id: string; readonly event: string }[] {
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { id: string; event: string });
}
