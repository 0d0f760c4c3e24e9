import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe } from "node:test";
import { waitUntil } from "../real-vscode/wait.ts";
import type { Tree, TreeRow } from "../real-vscode/tree.ts";
import { openStage, type Stage } from "./stage.ts";
import { createSteps } from "./steps.ts";

const sales = `region,month,revenue\n${"West,2025-10,1200\nEast,2025-10,900\n".repeat(40)}`;
const odd = `it's "odd" 🎒 #1 100%.md`;
const key = "demo-key-0123456789";

interface ChatBody {
  readonly messages: readonly { readonly role: string; readonly content: string }[];
}

describe("the main job in a real VS Code", { timeout: 240_000 }, () => {
  let stage: Stage;
  let tree: Tree;
  const step = createSteps(() => stage);

  before(async () => {
    stage = await openStage({
      key,
      files: {
        "README.md": "# Q4\n\nWest missed its target.\n",
        "sales.csv": sales,
        "copy of sales.csv": sales,
        "photo.png": new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0]),
        [odd]: "before <|endoftext|> after\n",
        "empty.txt": "",
        ".env": "API_KEY=not-a-real-key\n",
        "src/pipeline.ts": "export const answer = 42;\n",
      },
    });
    tree = stage.workbench.tree("Session 1");
    await stage.workbench.openView("Satchel");
  });

  after(() => stage.close());

  const row = async (label: string, description: RegExp): Promise<TreeRow> => {
    let found = await tree.row(label);
    await waitUntil(`${label} to be described as ${description.source}`, async () => {
      found = await tree.row(label);
      return description.test(found.description);
    });
    return found;
  };
  const labels = async (): Promise<string[]> => (await tree.rows()).map(({ label }) => label);
  const packed = async (): Promise<readonly string[]> => {
    const text = await stage.workbench.editor.text();
    return text
      .split(/^──────── message \d+ of \d+ · \w+ ────────\n/mu)
      .slice(1)
      .map((part) => part.replace(/\n$/u, ""));
  };
  const lastBody = (): ChatBody =>
    stage.demo.requests.filter(({ path }) => path === "/v1/chat/completions").at(-1)
      ?.body as ChatBody;

  step("an empty session says what to do", async () => {
    const empty = stage.workbench.tree("Session Files");
    await empty.row("Add Files…");
    assert.deepEqual(
      (await empty.rows()).map(({ label }) => label),
      ["Add Files…", "Set API Key…"],
    );
    await stage.workbench.screenshot("welcome");
  });

  step("files are added from the palette", async () => {
    const { quickInput } = stage.workbench;
    await stage.workbench.runCommand("Satchel: Add Files to Session…");
    await quickInput.pick("README.md");
    assert.deepEqual(await row("README.md", /tok/u), {
      label: "README.md",
      description: "9 tok · not sent",
      spoken: "README.md, 9 tok, not sent",
      level: 1,
      expanded: undefined,
      checked: undefined,
    });
  });

  step("files are added by dragging them from the Explorer", async () => {
    await stage.workbench.dragToView("sales.csv", "Satchel", "Session 1");
    await row("sales.csv", /^766 tok · not sent$/u);
  });

  step("files are added from the menus of the Explorer and of an editor tab", async () => {
    const { workbench } = stage;
    await workbench.openView("Explorer");
    for (const name of ["copy of sales.csv", "photo.png", odd])
      await workbench.explorer.choose(name, "Add Files to Session…");
    await workbench.editor.open(join(stage.workspace, "src/pipeline.ts"));
    await workbench.editor.chooseFromTab("pipeline.ts", "Add Files to Session…");
    await workbench.openView("Satchel");
    await row("pipeline.ts", /tok/u);
    await row(odd, /^\d+ tok/u);
    await row("photo.png", /^10 B · not sent$/u);
    assert.deepEqual(await labels(), [
      "README.md",
      "sales.csv",
      "copy of sales.csv",
      "photo.png",
      odd,
      "pipeline.ts",
    ]);
    const tooltip = await tree.tooltip("sales.csv");
    for (const fact of [
      /Digest text\/csv · 81 lines · /u,
      /Content id [0-9a-f]{12}/u,
      /Tokens [\d,]+ \(o200k_base\)/u,
      /Disk fresh/u,
    ])
      assert.match(tooltip, fact);
    await workbench.screenshot("tree");
  });

  step("a file that cannot be taken is refused with its reason", async () => {
    const { workbench } = stage;
    await workbench.openView("Explorer");
    await workbench.explorer.choose("empty.txt", "Add Files to Session…");
    await workbench.notifications.appeared("empty.txt is empty");
    await workbench.notifications.dismiss("empty.txt");
  });

  step(
    "a file that looks like a secret is added only after a confirmation that names it",
    async () => {
      const { workbench } = stage;
      await workbench.explorer.choose(".env", "Add Files to Session…");
      assert.equal(
        await workbench.dialog.text(),
        "Add .env to the session?\n.env may be a secret: environment files usually hold keys.",
      );
      await workbench.screenshot("confirm-secret");
      await workbench.dialog.click("Cancel");
      await workbench.openView("Satchel");
      assert.ok(!(await labels()).includes(".env"));
    },
  );

  step("a key is kept, and equal files are uploaded once", async () => {
    const { workbench, demo } = stage;
    await workbench.runCommand("Satchel: Set API Key…");
    await workbench.quickInput.opened("API Key for OpenAI");
    await workbench.quickInput.type(key);
    await workbench.quickInput.accept();
    await workbench.notifications.dismiss("OpenAI is set up");
    for (const name of ["sales.csv", "copy of sales.csv"]) {
      await tree.act(name, "Upload to Provider…");
      await workbench.quickInput.opened("Upload to Provider");
      await workbench.quickInput.pick("OpenAI");
      await workbench.notifications.dismiss(
        name === "sales.csv" ? "1 file uploaded to OpenAI" : "1 file already there: nothing sent",
      );
    }
    assert.equal(demo.files.length, 1);
    assert.equal(Buffer.from(demo.files[0]?.bytes ?? []).toString(), sales);
    assert.match(demo.files[0]?.filename ?? "", /^sales\.stc-[0-9a-f]{12}-[0-9a-f]{6}\.csv$/u);
    assert.equal(
      demo.requests.filter(({ method, path }) => method === "POST" && path === "/v1/files").length,
      1,
    );
    await row("sales.csv", / · openai 47 h · /u);
    await row("copy of sales.csv", / · openai 47 h · /u);
    await workbench.screenshot("uploaded");
  });

  step("/pack shows byte for byte what two questions then send", async () => {
    const { workbench } = stage;
    await workbench.chat.startNew();
    for (const question of ["Which region missed its target?", "And in which month?"]) {
      await workbench.chat.ask(`@satchel /pack ${question}`);
      const shown = await packed();
      const answer = await workbench.chat.ask(`@satchel ${question}`);
      assert.equal(answer.error, "");
      const { messages } = lastBody();
      assert.deepEqual(
        messages.map(({ content }) => content),
        shown,
      );
      assert.equal(messages.at(-1)?.content, question);
      assert.match(answer.text, /5 files · [\d,]+ tokens · 1 left out: photo\\?\.png \\?\(binary/u);
      assert.deepEqual(
        answer.references.toSorted(),
        ["README.md", "copy of sales.csv", odd, "pipeline.ts", "sales.csv"].toSorted(),
      );
    }
    assert.equal(lastBody().messages[0]?.role, "system");
    assert.deepEqual(
      lastBody().messages.map(({ role }) => role),
      ["system", "user", "user", "assistant", "user"],
    );
    await workbench.screenshot("answer");
    await row("README.md", / · full$/u);
    await row("photo.png", / · out$/u);
  });

  step("an evicted file is not sent, and comes back", async () => {
    const { workbench } = stage;
    await tree.choose(odd, "Evict from Context");
    await row(odd, /evicted/u);
    await workbench.chat.ask("@satchel Again?");
    assert.ok(!JSON.stringify(lastBody()).includes("endoftext"));
    await tree.choose(odd, "Return to Context");
    await row(odd, /not sent|out/u);
  });

  step("duplicates are shown and merged, and merging can be undone", async () => {
    const { workbench } = stage;
    await workbench.runCommand("Satchel: Find Duplicates");
    await workbench.quickInput.opened("Duplicates: Equal Content");
    assert.deepEqual(await workbench.quickInput.labels(), ["Keep sales.csv"]);
    await workbench.quickInput.accept();
    await workbench.notifications.appeared("Merged 1 duplicate");
    await waitUntil("the merge", async () => !(await labels()).includes("copy of sales.csv"));
    await workbench.notifications.click("Merged 1 duplicate", "Undo");
    await tree.row("copy of sales.csv");
  });

  step("a change on disk is shown within a second, and a deletion, too", async () => {
    const { workspace, workbench } = stage;
    await stage.write("README.md", "# Q4, revised\n");
    await row("README.md", /changed on disk/u);
    await rm(join(workspace, "src/pipeline.ts"));
    await row("pipeline.ts", /missing on disk/u);
    await workbench.screenshot("changed-and-missing");
    const answer = await workbench.chat.ask("@satchel What changed?");
    assert.match(answer.text, /pipeline\\?\.ts \\?\(.*(missing|gone|not there|no longer)/u);
    assert.ok(lastBody().messages[1]?.content.includes("# Q4, revised"));
    await row("README.md", /full$/u);
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

  step("reloading the window keeps the session, its files and its key", async () => {
    const before = await labels();
    await stage.workbench.reload();
    await stage.workbench.openView("Satchel");
    await row("sales.csv", /openai 47 h · full · pinned/u);
    assert.deepEqual(await labels(), before);
    await stage.workbench.chat.startNew();
    assert.equal((await stage.workbench.chat.ask("@satchel Still there?")).error, "");
  });

  step("an upload is removed at the provider", async () => {
    const { workbench, demo } = stage;
    await tree.choose("sales.csv", "Remove from Provider…");
    assert.match(await workbench.dialog.text(), /^Remove sales\.stc-.*\.csv from openai\?/u);
    await workbench.dialog.click("Remove");
    await row("sales.csv", /tok · full/u);
    assert.equal(demo.files.length, 0);
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

  step("a wrong key and a server that is down are said in a sentence", async () => {
    const { workbench, demo } = stage;
    await workbench.runCommand("Satchel: Set API Key…");
    await workbench.quickInput.type("wrong-key");
    await workbench.quickInput.accept();
    await workbench.notifications.dismiss("OpenAI is set up");
    assert.match((await workbench.chat.ask("@satchel Hello?")).error, /OpenAI .*key/u);
    await workbench.screenshot("wrong-key");
    await tree.act("README.md", "Upload to Provider…");
    await workbench.quickInput.pick("OpenAI");
    const rejected = await workbench.notifications.appeared("OpenAI");
    assert.deepEqual(rejected.buttons, ["Set API Key"]);
    await workbench.notifications.dismiss("OpenAI");
    await demo.stop();
    assert.match(
      (await workbench.chat.ask("@satchel Hello?")).error,
      /OpenAI .*(reached|unreachable)/u,
    );
  });

  step("dark and high contrast look as light does", async () => {
    for (const theme of ["dark", "high-contrast"] as const) {
      await stage.workbench.useTheme(theme);
      await stage.workbench.screenshot(`tree-${theme}`);
    }
  });

  step("no key is told to anybody: not to the log, not to a file of the store", async () => {
    const output = await stage.server.outputOf("satchel.satchel");
    assert.ok(!output.includes(key) && !(await stage.server.extensionHostLogs()).includes(key));
  });

  step("the extension host has logged no error", async () => {
    assert.deepEqual(await stage.server.extensionHostErrors(), []);
  });
});
