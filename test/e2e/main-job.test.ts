import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe } from "node:test";
import { setKey } from "./set-key.ts";
import { createSteps } from "./steps.ts";
import { packedMessages } from "./packed-messages.ts";
import { sessionTree, type SessionTree } from "./session-tree.ts";
import { lastChat, openStage, type Stage } from "./stage.ts";

const sales = `region,month,revenue\n${"West,2025-10,1200\nEast,2025-10,900\n".repeat(40)}`;
const odd = `it's "odd" 🎒 #1 100%.md`;
const key = "demo-key-0123456789";

describe("the main job in a real VS Code", { timeout: 240_000 }, () => {
  let stage: Stage;
  let tree: SessionTree;
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
        "other.md": "not in the session",
        "targets.json": '{ "West": 1500 }\n',
        "src/pipeline.ts": "export const answer = 42;\n",
      },
    });
    tree = sessionTree(stage.workbench, "Session 1");
    await stage.workbench.openView("Satchel");
  });

  after(() => stage.close());

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
    assert.deepEqual(await tree.described("README.md", /tok/u), {
      label: "README.md",
      description: "9 tok · not sent",
      spoken: "README.md, 9 tok, not sent",
      level: 1,
      expanded: false,
      checked: undefined,
    });
  });

  step("files are added by dragging them from the Explorer", async () => {
    await stage.workbench.dragToView("sales.csv", "Satchel", "Session 1");
    await tree.described("sales.csv", /^766 tok · not sent$/u);
  });

  step("files are added from the menus of the Explorer and of an editor tab", async () => {
    const { workbench } = stage;
    await workbench.openView("Explorer");
    for (const name of ["copy of sales.csv", "photo.png", odd])
      await workbench.explorer.choose(name, "Add Files to Session…");
    await workbench.editor.open(join(stage.workspace, "src/pipeline.ts"));
    await workbench.editor.chooseFromTab("pipeline.ts", "Add Files to Session…");
    await workbench.openView("Satchel");
    await tree.described("pipeline.ts", /tok/u);
    await tree.described(odd, /^\d+ tok/u);
    await tree.described("photo.png", /^10 B · not sent$/u);
    assert.deepEqual(await tree.labels(), [
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
      assert.ok(!(await tree.labels()).includes(".env"));
    },
  );

  step("a key is kept, and equal files are uploaded once", async () => {
    const { workbench, demo } = stage;
    await setKey(workbench, "OpenAI", key);
    await tree.upload("sales.csv", "OpenAI");
    await tree.upload("copy of sales.csv", "OpenAI", "1 file already there: nothing sent");
    assert.equal(demo.files.length, 1);
    assert.equal(Buffer.from(demo.files[0]?.bytes ?? []).toString(), sales);
    assert.match(demo.files[0]?.filename ?? "", /^sales\.stc-[0-9a-f]{12}-[0-9a-f]{6}\.csv$/u);
    assert.equal(
      demo.requests.filter(({ method, path }) => method === "POST" && path === "/v1/files").length,
      1,
    );
    await tree.described("sales.csv", / · openai 47 h · /u);
    await tree.described("copy of sales.csv", / · openai 47 h · /u);
    await workbench.screenshot("uploaded");
  });

  step("/pack shows byte for byte what two questions then send", async () => {
    const { workbench } = stage;
    await workbench.chat.startNew();
    for (const question of ["Which region missed its target?", "And in which month?"]) {
      await workbench.chat.ask(`@satchel /pack ${question}`);
      const shown = packedMessages(await workbench.editor.text());
      await workbench.runCommand("View: Revert and Close Editor");
      const answer = await workbench.chat.ask(`@satchel ${question}`);
      assert.equal(answer.error, "");
      const { messages } = lastChat(stage.demo);
      assert.equal(shown.length, messages.length);
      for (const [index, { content }] of messages.entries()) assert.equal(content, shown[index]);
      assert.equal(messages.at(-1)?.content, question);
      assert.match(
        answer.text,
        /5 files · [\d,]+ tokens · \d+ % cached · 1 left out: photo\\?\.png \\?\(binary/u,
      );
      assert.deepEqual(
        answer.references.toSorted(),
        ["README.md", "copy of sales.csv", odd, "pipeline.ts", "sales.csv"].toSorted(),
      );
    }
    assert.equal(lastChat(stage.demo).messages[0]?.role, "system");
    assert.deepEqual(
      lastChat(stage.demo).messages.map(({ role }) => role),
      // The preamble, a message for each file, the first turn, and the question.
      ["system", "user", "user", "user", "user", "user", "user", "assistant", "user"],
    );
    await workbench.screenshot("answer");
    await tree.described("README.md", / · full$/u);
    await tree.described("photo.png", / · out$/u);
  });

  step("a file attached to a question joins the session", async () => {
    const { workbench } = stage;
    await workbench.editor.open(join(stage.workspace, "other.md"));
    // Leaves all of it selected, which VS Code then attaches by itself: that one does not join.
    await workbench.editor.text();
    await workbench.openView("Explorer");
    await workbench.explorer.choose("targets.json", "Add File to Chat");
    assert.ok((await workbench.chat.attachments()).includes("targets.json"));
    const answer = await workbench.chat.ask("@satchel What is the target?");
    assert.doesNotMatch(answer.text, /not added/iu);
    const { messages } = lastChat(stage.demo);
    assert.ok(messages.some(({ content }) => content.includes('"West": 1500')));
    await workbench.openView("Satchel");
    await tree.described("targets.json", / · full$/u);
    assert.ok(!(await tree.labels()).includes("other.md"));
  });

  step(
    "an evicted file is taken back at once, leaves with the next epoch, and comes back",
    async () => {
      const { workbench } = stage;
      await tree.choose(odd, "Evict from Context");
      await tree.described(odd, /evicted/u);
      await workbench.chat.ask("@satchel Again?");
      const { messages } = lastChat(stage.demo);
      assert.match(messages.at(-2)?.content ?? "", /^<gone-\d+ name="[^"]+" reason="evicted"\/>$/u);
      await workbench.runCommand("Satchel: Compact the Context");
      await workbench.notifications.dismiss("packed anew");
      await workbench.chat.ask("@satchel And now?");
      assert.ok(!JSON.stringify(lastChat(stage.demo)).includes("endoftext"));
      await tree.choose(odd, "Return to Context");
      await tree.described(odd, /not sent|out/u);
    },
  );

  step("reloading the window keeps the session, its files and its key", async () => {
    const known = await tree.labels();
    await stage.workbench.reload();
    await stage.workbench.openView("Satchel");
    await tree.described("sales.csv", /openai 47 h · full$/u);
    assert.deepEqual(await tree.labels(), known);
    await stage.workbench.chat.startNew();
    assert.equal((await stage.workbench.chat.ask("@satchel Still there?")).error, "");
  });

  step("a wrong key and a server that is down are said in a sentence", async () => {
    const { workbench, demo } = stage;
    await setKey(workbench, "OpenAI", "wrong-key");
    assert.match((await workbench.chat.ask("@satchel Hello?")).error, /OpenAI .*key/u);
    await workbench.screenshot("wrong-key");
    await tree.startUpload("README.md", "OpenAI");
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
