import assert from "node:assert/strict";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { PreparedRequest } from "../../../src/core/context/prepare.ts";
import { openParts, type TestParts } from "../../fixtures/parts.ts";
import { kindsIn, openChat, textIn } from "./chat.ts";

/** A text of so many lines, one of which may be another. */
const lines = (count: number, change: Readonly<Record<number, string>> = {}): string =>
  Array.from({ length: count }, (_, index) => `${change[index] ?? `line ${index}`}\n`).join("");

/** Checks that a request repeats all of the one before and its answer, and gives the kinds of what it adds. */
function added(before: PreparedRequest, after: PreparedRequest, answer: string): string {
  assert.deepEqual(after.messages.slice(0, before.messages.length), before.messages);
  const at = before.messages.length;
  assert.deepEqual(after.messages[at], { role: "assistant", content: answer });
  assert.equal(after.request.cause, undefined);
  assert.equal(after.request.keeps, at + 1);
  assert.equal(after.request.expectedCached, before.tokens.total);
  return kindsIn(after.request.added);
}

async function evict(parts: TestParts, name: string, evicted: boolean): Promise<void> {
  const { file } = await parts.file(name);
  await parts.registry.changeFiles([{ id: file.id, change: { evicted } }]);
}

test("the second turn begins with the first one's bytes, its answer included", async (t) => {
  const parts = await openParts(t);
  await parts.add({ "a.md": "# A\n", "b.md": "# B\n" });
  const chat = openChat(parts);
  const first = await chat.say("One?", { answer: "1." });
  const second = await chat.say("Two?", { answer: "2." });
  assert.equal(added(first, second, "1."), "question");
  assert.equal(added(second, await chat.say("Three?"), "2."), "question");
  assert.deepEqual([first.request.cause, first.request.epoch], ["first", 1]);
  assert.deepEqual([second.request.parentId, second.request.epoch], [first.request.id, 1]);
});

test("an edit is appended as a diff", async (t) => {
  const parts = await openParts(t);
  await parts.add({ "a.md": lines(200) });
  const chat = openChat(parts);
  const first = await chat.say("One?", { answer: "1." });
  await parts.write("a.md", lines(200, { 100: "changed" }));
  const second = await chat.say("Two?");
  assert.equal(added(first, second, "1."), "diff question");
  assert.match(textIn(second, "diff"), /^<diff-\d+ name="a\.md">\n@@ .*\n-line 100\n\+changed\n/u);
  assert.equal(second.kept[0]?.kind, "full");
  const third = await chat.say("Three?");
  assert.equal(kindsIn(third.request.added), "question", "it is told once");
});

test("an edit of most of a file is appended as its whole text", async (t) => {
  const parts = await openParts(t);
  await parts.add({ "a.md": lines(200), "b.md": "b" });
  const chat = openChat(parts);
  const first = await chat.say("One?", { answer: "1." });
  await parts.write("a.md", lines(200).toUpperCase());
  const second = await chat.say("Two?");
  assert.equal(added(first, second, "1."), "file question");
  assert.match(textIn(second, "file"), /\nLINE 100\n/u);
});

test("after a number of diffs of one file comes its whole text again", async (t) => {
  const parts = await openParts(t);
  await parts.add({ "a.md": lines(200) });
  const chat = openChat(parts);
  await chat.say("First?");
  const kinds: string[] = [];
  for (let edit = 0; edit < 5; edit++) {
    await parts.write("a.md", lines(200, { [edit]: `edit ${edit}` }));
    const rules = { diffs: { largestShare: 0.5, inARow: 2 } };
    kinds.push(kindsIn((await chat.say(`Edit ${edit}?`, { rules })).request.added));
  }
  const [diff, file] = ["diff question", "file question"];
  assert.deepEqual(kinds, [diff, diff, file, diff, diff]);
});

test("a diff that the model wrote itself is only told to be applied", async (t) => {
  const parts = await openParts(t);
  await parts.add({ "a.md": lines(200), "b.md": "b" });
  const chat = openChat(parts);
  const hunks = "@@ -100,3 +100,3 @@\n line 99\n-line 100\n+changed\n line 101\n";
  const answer = `Do this:\n\`\`\`diff\n--- a/a.md\n+++ b/a.md\n${hunks}\`\`\`\n`;
  await chat.say("How?", { answer });
  await parts.write("a.md", lines(200, { 100: "changed" }));
  const second = await chat.say("Two?");
  assert.equal(kindsIn(second.request.added), "applied question");
  const [place = 0, start, end] = second.request.added[0]?.blocks[0]?.files[0]?.hunks ?? [];
  assert.equal(second.messages[place]?.content.slice(start, end), hunks);
  await parts.write("a.md", lines(200, { 100: "changed", 7: "seven" }));
  assert.equal(kindsIn((await chat.say("Three?")).request.added), "diff question");
});

test("a deleted file is told to be gone, once", async (t) => {
  const parts = await openParts(t);
  await parts.add({ "a.md": "a", "b.md": "b" });
  const chat = openChat(parts);
  const first = await chat.say("One?", { answer: "1." });
  await rm(join(parts.folder, "a.md"));
  const second = await chat.say("Two?");
  assert.equal(added(first, second, "1."), "gone question");
  assert.match(textIn(second, "gone"), /name="a\.md" reason="deleted"\/>$/u);
  assert.deepEqual(
    second.kept.map(({ path }) => path),
    ["b.md"],
  );
  assert.equal(kindsIn((await chat.say("Three?")).request.added), "question");
});

test("an evicted file is told to be gone, and one that left the session, too", async (t) => {
  const parts = await openParts(t);
  await parts.add({ "a.md": "a", "b.md": "b" });
  const chat = openChat(parts);
  const first = await chat.say("One?", { answer: "1." });
  await evict(parts, "a.md", true);
  const second = await chat.say("Two?", { answer: "2." });
  assert.equal(added(first, second, "1."), "gone question");
  assert.match(textIn(second, "gone"), /name="a\.md" reason="evicted"/u);
  await parts.registry.removeFiles([(await parts.file("b.md")).file.id]);
  const third = await chat.say("Three?");
  assert.equal(added(second, third, "2."), "gone question");
  assert.match(textIn(third, "gone"), /name="b\.md" reason="removed"/u);
});

test("an evicted file that returns to the context stands in it again", async (t) => {
  const parts = await openParts(t);
  await parts.add({ "a.md": "text of a", "b.md": "b" });
  const chat = openChat(parts);
  await chat.say("One?");
  await evict(parts, "a.md", true);
  const without = await chat.say("Two?", { answer: "2." });
  await evict(parts, "a.md", false);
  assert.equal(added(without, await chat.say("Three?"), "2."), "file question");
});

test("a file that was evicted from the start stands once it returns to the context", async (t) => {
  const parts = await openParts(t);
  await parts.add({ "a.md": "text of a", "b.md": "b" });
  await evict(parts, "a.md", true);
  const chat = openChat(parts);
  const without = await chat.say("One?", { answer: "1." });
  await evict(parts, "a.md", false);
  assert.equal(added(without, await chat.say("Two?"), "1."), "file question");
});

test("a file that could not be read for a moment stands again once it can", async (t) => {
  const parts = await openParts(t);
  await parts.add({ "a.md": "text of a", "b.md": "b" });
  const chat = openChat(parts);
  await chat.say("One?");
  await rm(join(parts.folder, "a.md"));
  await mkdir(join(parts.folder, "a.md"));
  const without = await chat.say("Two?", { answer: "2." });
  assert.match(textIn(without, "gone"), /name="a\.md"/u);
  await rm(join(parts.folder, "a.md"), { recursive: true });
  await writeFile(join(parts.folder, "a.md"), "text of a");
  const again = await chat.say("Three?");
  assert.equal(added(without, again, "2."), "file question");
  assert.deepEqual(again.omitted, []);
});

test("a new file is appended, behind all that stood there", async (t) => {
  const parts = await openParts(t);
  await parts.add({ "a.md": "a" });
  const chat = openChat(parts);
  const first = await chat.say("One?", { answer: "1." });
  await parts.add({ "b.md": "b", "c.md": "c" });
  const second = await chat.say("Two?");
  assert.equal(added(first, second, "1."), "file file question");
  const { file: b } = await parts.file("b.md");
  const { file: c } = await parts.file("c.md");
  assert.deepEqual(second.request.uses, [b.id, c.id]);
});

test("a file that had no room is brought in when a question names it, and is not named twice", async (t) => {
  const parts = await openParts(t);
  await parts.add({ "big.md": lines(600), "small.md": "s" });
  const chat = openChat(parts);
  const narrow = { files: 0.01 };
  const first = await chat.say("One?", { ...narrow, answer: "1." });
  assert.equal(kindsIn(first.log), "instructions file stubs question");
  assert.equal(kindsIn((await chat.say("Two?", narrow)).request.added), "question");
  const third = await chat.say("What does big.md say?", narrow);
  assert.equal(kindsIn(third.request.added), "file question");
  assert.deepEqual(third.omitted, []);
  assert.equal(kindsIn((await chat.say("And small.md?", narrow)).request.added), "question");
});

test("a digest stands for a file that has no room, under the true counts", async (t) => {
  const parts = await openParts(t);
  await parts.add({ "big.md": lines(600), "small.md": "s" });
  const { content } = await parts.file("big.md");
  const digest = {
    extractor: "text",
    version: 3,
    type: "markdown",
    preview: [],
    text: "600 lines",
  };
  await parts.phases.saveDigests([{ ...digest, contentId: content.contentId }]);
  const request = await openChat(parts).say("One?", { files: 0.01 });
  assert.equal(kindsIn(request.log), "instructions file digests question");
  const text = textIn(request, "digests");
  assert.match(
    text,
    /^<digests-\d+ included="1" ready="1">\n## big\.md \(markdown\)\n600 lines\n/u,
  );
  assert.deepEqual(
    request.kept.map(({ path, kind }) => [path, kind]),
    [
      ["big.md", "digest"],
      ["small.md", "full"],
    ],
  );
  const [shown] = request.log[2]?.blocks[0]?.files ?? [];
  assert.deepEqual([shown?.representation, shown?.extractorVersion], ["digest", 3]);
  assert.equal((await parts.file("big.md")).file.context, "digest");
});

test("all requests of a session share a cache key that tells nothing of it", async (t) => {
  const parts = await openParts(t);
  const chat = openChat(parts);
  const [first, second] = [await chat.say("One?"), await chat.say("Two?")];
  assert.equal(first.cacheKey, second.cacheKey);
  assert.match(first.cacheKey, /^satchel-[0-9a-f]{16}$/u);
  assert.ok(!first.cacheKey.includes(parts.sessionId.slice(0, 8)));
});
