import assert from "node:assert/strict";
import { test } from "node:test";
import type { PreparedRequest } from "../../../src/core/context/prepare.ts";
import { defaultLifeRules } from "../../../src/core/context/ledger/lifetimes.ts";
import { openParts, type TestParts } from "../../fixtures/parts.ts";
import { kindsIn, openChat, textIn, type Chat } from "./chat.ts";

const words = (count: number, word = "word"): string => `${word} `.repeat(count);

/** Paths of the files that stand in a request, in the order in which they stand. */
const order = ({ log }: PreparedRequest): string =>
  log
    .flatMap(({ blocks }) => blocks)
    .flatMap(({ kind, files }) => (kind === "file" ? files.map(({ path }) => path) : []))
    .join(" ");

/** A chat whose log carries an outdated copy of a file, of some 3,000 tokens; to leave it behind, another file must be sent anew. */
async function withDeadWeight(parts: TestParts): Promise<Chat> {
  await parts.add({ "a.md": words(3_000, "old"), "b.md": words(4_000) });
  const chat = openChat(parts);
  await chat.say("One?");
  await parts.write("a.md", words(2_000, "new"));
  assert.equal(kindsIn((await chat.say("Two?")).request.added), "file question");
  return chat;
}

/** Checks that nothing but the preamble is repeated. */
function checkAnew(request: PreparedRequest, cause: string, epoch: number): void {
  assert.deepEqual(
    [request.request.cause, request.request.keeps, request.request.epoch],
    [cause, 1, epoch],
  );
}

test("dead weight is left behind once it has cost enough, and the turns go on", async (t) => {
  const parts = await openParts(t);
  const chat = await withDeadWeight(parts);
  const causes: (string | undefined)[] = [];
  let last: PreparedRequest | undefined;
  for (let turn = 3; turn < 30 && last?.request.cause === undefined; turn++) {
    last = await chat.say(`Turn ${turn}?`);
    causes.push(last.request.cause);
  }
  assert.ok(last);
  checkAnew(last, "pays", 2);
  assert.ok(causes.length > 3, `at once: ${causes.length}`);
  assert.doesNotMatch(last.messages.map(({ content }) => content).join(), /old old/u);
  assert.match(textIn(last, "file", "a.md"), /new new/u);
  assert.equal(last.messages.at(-2)?.content, chat.turns.at(-2)?.answer);
  assert.equal((await chat.say("On?")).request.cause, undefined);
});

test("after a pause that is longer than the cache lasts, dead weight is left behind at once", async (t) => {
  const parts = await openParts(t);
  const chat = await withDeadWeight(parts);
  const request = await chat.say("Three?", { now: 2_000_000 });
  checkAnew(request, "cold", 2);
  assert.equal(request.request.expectedCached, 0);
  assert.equal(
    kindsIn(request.request.added),
    "file file question answer question answer question",
  );
});

test("after such a pause a clean log is continued, though nothing of it is expected to be cached", async (t) => {
  const parts = await openParts(t);
  await parts.add({ "a.md": words(3_000) });
  const chat = openChat(parts);
  await chat.say("One?");
  const { request } = await chat.say("Two?", { now: 2_000_000 });
  assert.deepEqual([request.cause, request.expectedCached, request.keeps], [undefined, 0, 4]);
});

test("a shorter pause costs nothing", async (t) => {
  const parts = await openParts(t);
  const chat = await withDeadWeight(parts);
  const { request } = await chat.say("Three?", { now: 1_002_000 + 300_000 });
  assert.equal(request.cause, undefined);
  assert.ok(request.expectedCached > 9_000);
});

test("another model goes on with the log, and with a clean one where dead weight is carried", async (t) => {
  const parts = await openParts(t);
  const chat = await withDeadWeight(parts);
  const other = { target: { model: "model-2" } };
  const moved = await chat.say("Three?", other);
  checkAnew(moved, "cold", 2);
  const back = await chat.say("Four?");
  assert.deepEqual([back.request.cause, back.request.expectedCached], [undefined, 0]);
  assert.deepEqual(back.messages.slice(0, moved.messages.length), moved.messages);
});

test("a compaction that the user wants packs the files anew, those that were used last first", async (t) => {
  const parts = await openParts(t);
  await parts.add({ "a.md": "a", "b.md": "b", "c.md": "c", "base.md": "base" });
  const { file } = await parts.file("base.md");
  await parts.registry.changeFiles([{ id: file.id, change: { role: "base" } }]);
  const chat = openChat(parts);
  assert.equal(order(await chat.say("One?")), "base.md a.md b.md c.md");
  await chat.say("What is c.md?");
  await chat.say("What is b.md?");
  const request = await chat.say("Now?", { epoch: "compact" });
  checkAnew(request, "asked", 2);
  assert.equal(order(request), "base.md b.md c.md a.md");
  const next = await chat.say("Next?");
  assert.deepEqual([next.request.cause, order(next)], [undefined, order(request)]);
});

test("newest files stand first when an epoch begins if the user wants that", async (t) => {
  const parts = await openParts(t);
  await parts.add({ "a.md": "a", "b.md": "b" });
  const chat = openChat(parts);
  assert.equal(order(await chat.say("One?", { rules: { newestFirst: true } })), "b.md a.md");
});

test("a reset only names the files that the question is not about, and they stay so", async (t) => {
  const parts = await openParts(t);
  await parts.add({ "a.md": "text of a", "b.md": "text of b", "pinned.md": "text" });
  const { file } = await parts.file("pinned.md");
  await parts.registry.changeFiles([{ id: file.id, change: { pinned: true } }]);
  const chat = openChat(parts);
  await chat.say("One?");
  const request = await chat.say("What of b.md?", { epoch: "reset" });
  checkAnew(request, "reset", 2);
  assert.equal(order(request), "pinned.md b.md");
  assert.match(textIn(request, "stubs"), /truncated="true">\na\.md\n/u);
  assert.equal((await parts.file("a.md")).file.context, "stub");
  const compacted = await chat.say("Now?", { epoch: "compact" });
  assert.deepEqual([compacted.request.cause, order(compacted)], ["asked", "pinned.md b.md"]);
  const named = await chat.say("And a.md?");
  assert.equal(kindsIn(named.request.added), "file question");
});

test("a new phase begins an epoch without the files of the one before", async (t) => {
  const parts = await openParts(t);
  await parts.add({ "a.md": "text of a", "b.md": "text of b" });
  const chat = openChat(parts);
  await chat.say("One?");
  const { sessionId } = parts;
  for (const [number, startedAt] of [
    [1, 1],
    [2, 1_001_500],
  ] as const)
    await parts.phases.savePhase({ sessionId, number, name: `Phase ${number}`, startedAt });
  const request = await chat.say("What of b.md?");
  checkAnew(request, "phase", 2);
  assert.equal(order(request), "b.md");
  const next = await chat.say("Next?");
  assert.deepEqual([next.request.cause, order(next)], [undefined, "b.md"]);
});

test("a log that no longer fits the window is cut with room to spare, and what is asked for stays", async (t) => {
  const parts = await openParts(t);
  await parts.add({ "a.md": words(2_000), "b.md": words(2_000) });
  const chat = openChat(parts);
  const narrow = { maxInputTokens: 6_000, files: 0.8 };
  await chat.say("What of a.md and b.md?", narrow);
  await chat.say("Tell me.", { ...narrow, answer: words(1_600, "answer") });
  const request = await chat.say("And b.md?", { ...narrow, answer: "So." });
  assert.equal(request.request.cause, "window");
  assert.ok(request.tokens.total <= 6_000);
  assert.match(order(request), /b\.md/u);
  assert.equal((await chat.say("On?", narrow)).request.cause, undefined);
});

test("however long a chat is, no request is over the window", async (t) => {
  const parts = await openParts(t);
  await parts.add({ "a.md": words(300), "b.md": words(300) });
  const chat = openChat(parts);
  const causes = new Set<string | undefined>();
  for (let turn = 0; turn < 25; turn++) {
    await parts.write("a.md", words(300, `edit${turn}`));
    const answer = words(120, "answer");
    const request = await chat.say(`Turn ${turn}?`, { maxInputTokens: 2_500, answer });
    assert.ok(request.tokens.total <= 2_500, `${request.tokens.total} in turn ${turn}`);
    causes.add(request.request.cause);
  }
  assert.ok(causes.has("window") || causes.has("pays"), [...causes].join());
});

test("a file that thirty others have followed rests: it is only named when the next epoch begins", async (t) => {
  const parts = await openParts(t);
  await parts.add({ "a.md": "text of a", "b.md": "text of b" });
  const chat = openChat(parts);
  const rules = { life: { ...defaultLifeRules, restAfterUses: 2 } };
  await chat.say("What of a.md?", { rules });
  await chat.say("What of b.md?", { rules });
  await chat.say("More of b.md?", { rules });
  const request = await chat.say("Now?", { rules, epoch: "compact" });
  assert.equal(order(request), "b.md");
  assert.match(textIn(request, "stubs"), /\na\.md\n/u);
  assert.deepEqual(
    request.omitted.map(({ path, reason }) => [path, reason.kind]),
    [["a.md", "resting"]],
  );
});

test("of a file at rest it is only said that it has changed", async (t) => {
  const parts = await openParts(t);
  await parts.add({ "a.md": words(400), "b.md": "b" });
  const chat = openChat(parts);
  const rules = { life: { ...defaultLifeRules, restAfterUses: 1 } };
  await chat.say("What of a.md?", { rules });
  await chat.say("What of b.md?", { rules });
  await parts.write("a.md", words(401));
  const request = await chat.say("Still b.md?", { rules });
  assert.match(textIn(request, "gone"), /name="a\.md" reason="changed"/u);
});
