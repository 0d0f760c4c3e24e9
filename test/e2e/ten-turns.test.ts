import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe } from "node:test";
import { receivedFiles } from "./received-files.ts";
import { addFromExplorer, type SessionTree } from "./session-tree.ts";
import { shownReport } from "./shown-report.ts";
import { lastChat, openStage, type ChatBody, type Stage } from "./stage.ts";
import { setKey } from "./set-key.ts";
import { createSteps } from "./steps.ts";

const key = "demo-key-0123456789";
const lines = (count: number, word: string): string =>
  Array.from({ length: count }, (_, index) => `${word} ${index}: value ${index * 7}`).join("\n") +
  "\n";

describe("ten turns with edits between them", { timeout: 240_000 }, () => {
  let stage: Stage;
  let tree: SessionTree;
  const step = createSteps(() => stage);
  const texts = new Map([
    ["alpha.md", lines(80, "alpha")],
    ["beta.md", lines(60, "beta")],
    ["gamma.md", lines(40, "gamma")],
  ]);
  const bodies: ChatBody[] = [];

  before(async () => {
    stage = await openStage({ key, files: Object.fromEntries(texts) });
    const { workbench } = stage;
    tree = await addFromExplorer(workbench, [...texts.keys()]);
    await setKey(workbench, "OpenAI", key);
    await workbench.chat.startNew();
  });

  after(() => stage.close());

  async function write(name: string, text: string): Promise<void> {
    texts.set(name, text);
    await stage.write(name, text);
  }

  async function ask(question: string): Promise<string> {
    const { text, error } = await stage.workbench.chat.ask(`@satchel ${question}`);
    assert.equal(error, "");
    bodies.push(lastChat(stage.demo));
    return text;
  }

  /** All that was sent before is repeated byte for byte, and every file is known as it is now. */
  function judge(): void {
    const [earlier, now] = bodies.slice(-2);
    assert.ok(earlier && now);
    assert.deepEqual(now.messages.slice(0, earlier.messages.length), earlier.messages);
    assert.equal(now.messages[earlier.messages.length]?.role, "assistant");
    assert.deepEqual(receivedFiles(now), texts);
  }

  step("edits are told as diffs behind what was sent, and nothing before them moves", async () => {
    await ask("What do these files hold?");
    for (let turn = 2; turn <= 6; turn++) {
      const name = ["alpha.md", "beta.md"][turn % 2] ?? "";
      await write(
        name,
        (texts.get(name) ?? "").replace(`${turn}: value`, `${turn}: changed value`),
      );
      await ask(`And after edit ${turn}?`);
      judge();
    }
    const marks = bodies.at(-1)?.messages.filter(({ content }) => content.startsWith("<diff-"));
    assert.equal(marks?.length, 5);
  });

  step(
    "a file that is written anew is sent whole, and one that is deleted is taken back",
    async () => {
      await write("gamma.md", lines(50, "delta"));
      await ask("And now?");
      judge();
      texts.delete("beta.md");
      await rm(join(stage.workspace, "beta.md"));
      await ask("What is missing?");
      judge();
      await tree.described("beta.md", /out$/u);
    },
  );

  step("a reset leaves names and digests, and the model reads a file back", async () => {
    const { workbench } = stage;
    await workbench.runCommand("Satchel: Reset the Context with the Next Question");
    await workbench.notifications.dismiss("The next question sends base files");
    // The file is not named as it is written: then it would be sent again.
    await ask("Please read back Gamma.md");
    const { messages } = lastChat(stage.demo);
    assert.match(
      messages[1]?.content ?? "",
      /^<digests-\d+ included="2" ready="2">\n## alpha\.md/u,
    );
    assert.match(messages[1]?.content ?? "", /\n## gamma\.md/u);
    assert.equal(messages.at(-1)?.role, "tool");
    assert.equal(receivedFiles({ messages }).get("gamma.md"), texts.get("gamma.md"));
    assert.ok(!receivedFiles({ messages }).has("alpha.md"));
  });

  step("a second reading of what still stands is answered with a pointer", async () => {
    const text = await ask("Once more: read back Gamma.md");
    const { messages } = lastChat(stage.demo);
    assert.match(messages.at(-1)?.content ?? "", /gamma\.md stands above as it is now/u);
    assert.match(text, /tokens · \d+ % cached/u);
  });

  step("every request is listed, explained, proved and priced", async () => {
    const { workbench } = stage;
    await workbench.runCommand("Satchel: Verify Request");
    await workbench.quickInput.opened("Verify that a request");
    await workbench.quickInput.accept();
    await workbench.notifications.dismiss("Verified: rebuilt byte for byte");
    await workbench.runCommand("Satchel: Show Requests");
    await workbench.quickInput.opened("Requests of this session");
    await workbench.screenshot("requests");
    await workbench.quickInput.accept();
    const why = await shownReport(workbench, "Held, in this order");
    await workbench.screenshot("why");
    assert.match(why, /Expected: \d+ % of the input\. Billed: \d+ %\./u);
    assert.match(why, /beta\.md is not there any more/u);
    assert.match(why, /gamma\.md · pointer|pointer · \d+ tokens/u);
    await workbench.runCommand("Satchel: Show Cost of the Session");
    const cost = await shownReport(workbench, "What this session cost");
    assert.match(cost, /12 requests · [\d,]+ tokens in, \d+ % of them cached/u);
    await workbench.runCommand("View: Close All Editors");
  });

  step("an answer becomes a finding, which the next phase uses instead of the files", async () => {
    const { workbench } = stage;
    await workbench.chat.click("Save as Finding");
    await workbench.quickInput.type("What the files hold");
    await workbench.quickInput.accept();
    await workbench.notifications.dismiss('Saved "What the files hold" as a finding of phase 1');
    await workbench.runCommand("Satchel: Start Phase");
    await workbench.quickInput.opened("Start Phase 2");
    await workbench.quickInput.type("Report");
    await workbench.quickInput.accept();
    await workbench.notifications.dismiss("begins with 1 finding");
    const text = await ask("Write the report.");
    const { messages } = lastChat(stage.demo);
    assert.match(messages[1]?.content ?? "", /^<hand-over-\d+ phase="2">[^]*What the files hold/u);
    assert.match(messages[1]?.content ?? "", /Files are ONLY for verification/u);
    assert.match(messages[2]?.content ?? "", /^<finding-\d+ title="What the files hold">/u);
    assert.ok(!receivedFiles({ messages }).has("gamma.md"));
    assert.match(text, /Saved [\d,]+ tokens and \d calls against analysing the files again/u);
  });

  step("the extension host has logged no error", async () => {
    assert.deepEqual(await stage.server.extensionHostErrors(), []);
  });
});
