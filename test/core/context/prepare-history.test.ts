import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { continueRequest } from "../../../src/core/context/reading/continue.ts";
import { logOf } from "../../../src/core/context/ledger/conversation.ts";
import { draft } from "../../../src/core/context/draft.ts";
import { digestOf, toMessages } from "../../../src/core/context/message.ts";
import type { PreparedRequest } from "../../../src/core/context/prepare.ts";
import { recordAnswer, recordRequest } from "../../../src/core/context/ledger/record.ts";
import { openParts, type TestParts } from "../../fixtures/parts.ts";
import { ask, kindsIn, openChat } from "./chat.ts";

const bytesOf = async (): Promise<never> => assert.fail("no file stands as itself");

/** SHA-256 of a request as the ledger alone can rebuild it. */
async function rebuilt({ ledger }: TestParts, id: string): Promise<string> {
  const chain = await ledger.chain(id);
  const log = logOf(chain, 0);
  const sent = log.slice(0, log.length - (chain.at(-1)?.answer.length ?? 0));
  return digestOf(await toMessages(sent, bytesOf));
}

/** The questions and answers that a request repeats. */
const talk = ({ log }: PreparedRequest): string =>
  log
    .flatMap(({ blocks }) => blocks)
    .flatMap(({ kind, text }) => (kind === "question" || kind === "answer" ? [text] : []))
    .join(" ");

function checkFresh(request: PreparedRequest, said: string): void {
  const { cause, keeps, parentId, epoch } = request.request;
  assert.deepEqual([cause, keeps, parentId, epoch], ["history", 0, undefined, 1]);
  assert.equal(talk(request), said);
}

async function chatOfThree(parts: TestParts): Promise<ReturnType<typeof openChat>> {
  await parts.add({ "a.md": "text of a", "b.md": "text of b" });
  const chat = openChat(parts);
  for (const number of [1, 2, 3]) await chat.say(`q${number}`, { answer: `a${number}` });
  return chat;
}

test("every request can be rebuilt from the ledger alone, whatever happened in between", async (t) => {
  const parts = await openParts(t);
  const chat = await chatOfThree(parts);
  const digests = new Map<string, string>();
  const say = async (...said: Parameters<typeof chat.say>): Promise<void> => {
    const { request } = await chat.say(...said);
    digests.set(request.id, request.digest);
  };
  await parts.write("a.md", "text of a, changed");
  await say("q4");
  await say("q5", { epoch: "compact" });
  await parts.add({ "c.md": "text of c" });
  await say("q6", { now: 9_000_000 });
  await say("q7", { epoch: "reset" });
  await say("q8 about a.md");
  for (const [id, digest] of digests) assert.equal(await rebuilt(parts, id), digest);
});

test("after an undo the conversation goes on from the turn that is the last now", async (t) => {
  const parts = await openParts(t);
  const chat = await chatOfThree(parts);
  const [, second] = chat.turns;
  chat.turns = chat.turns.slice(0, 2);
  const request = await chat.say("q3 again");
  assert.deepEqual(
    [request.request.cause, request.request.parentId],
    [undefined, second?.requestIds?.[0]],
  );
  assert.equal(talk(request), "q1 a1 q2 a2 q3 again");
});

test("all turns undone, the conversation is a new one", async (t) => {
  const parts = await openParts(t);
  const chat = await chatOfThree(parts);
  chat.turns = [];
  const { request } = await chat.say("q1 again");
  assert.deepEqual([request.cause, request.parentId], ["first", undefined]);
});

test("a fork goes on from where it left, and the chat that it left goes on as before", async (t) => {
  const parts = await openParts(t);
  const chat = await chatOfThree(parts);
  const fork = openChat(parts);
  fork.turns = chat.turns.slice(0, 1);
  const forked = await fork.say("f2", { answer: "fa2" });
  assert.equal(talk(forked), "q1 a1 f2");
  assert.equal(talk(await fork.say("f3")), "q1 a1 f2 fa2 f3");
  const on = await chat.say("q4");
  assert.equal(talk(on), "q1 a1 q2 a2 q3 a3 q4");
  for (const request of [forked, on]) assert.equal(request.request.cause, undefined);
});

test("a chat whose requests the ledger does not know is packed anew, with its turns", async (t) => {
  const parts = await openParts(t);
  await chatOfThree(parts);
  const turns = [
    { question: "x1", answer: "y1", requestIds: ["unknown"] },
    { question: "x2", answer: "y2" },
  ];
  const request = await ask(parts, { turns });
  checkFresh(request, "x1 y1 x2 y2 Why?");
  assert.equal(
    kindsIn(request.log),
    "instructions file file question answer question answer question",
  );
});

test("a history in which a turn is missing, or moved, or has come to stand twice is packed anew", async (t) => {
  const parts = await openParts(t);
  const { turns } = await chatOfThree(parts);
  const [one, two, three] = turns;
  assert.ok(one && two && three);
  checkFresh(await ask(parts, { turns: [one, three] }), "q1 a1 q3 a3 Why?");
  checkFresh(await ask(parts, { turns: [two, three] }), "q2 a2 q3 a3 Why?");
  checkFresh(await ask(parts, { turns: [two, one, three] }), "q2 a2 q1 a1 q3 a3 Why?");
  checkFresh(await ask(parts, { turns: [one, two, two] }), "q1 a1 q2 a2 q2 a2 Why?");
  const { requestIds: _, ...unknown } = two;
  checkFresh(await ask(parts, { turns: [one, unknown, three] }), "q1 a1 q2 a2 q3 a3 Why?");
});

test("a request that was never answered is no part of a conversation", async (t) => {
  const parts = await openParts(t);
  const chat = await chatOfThree(parts);
  const open = await ask(parts, { turns: chat.turns, question: "q4" });
  await recordRequest(parts.ledger, open);
  const turns = [...chat.turns, { question: "q4", answer: "half", requestIds: [open.request.id] }];
  checkFresh(await ask(parts, { turns }), "q1 a1 q2 a2 q3 a3 q4 half Why?");
  assert.equal((await chat.say("q5")).request.cause, undefined);
});

test("a chat that goes on in another session is packed anew there", async (t) => {
  const parts = await openParts(t);
  const { turns } = await chatOfThree(parts);
  const id = crypto.randomUUID();
  const { session } = await parts.view();
  await parts.registry.createSession({ ...session, id, fence: "7".repeat(39) });
  const view = async (): ReturnType<typeof parts.view> => {
    const found = await parts.registry.view(id);
    assert.ok(found);
    return found;
  };
  checkFresh(await ask({ ...parts, view }, { turns }), "q1 a1 q2 a2 q3 a3 Why?");
});

const damages: Readonly<Record<string, string>> = {
  "a text that is another": "update request_texts set text = cast('other' as blob)",
  "a request that is another": "update requests set model = 'other'",
};

for (const [what, sql] of Object.entries(damages)) {
  test(`a damaged ledger costs the cache, not the answer: ${what}`, async (t) => {
    const parts = await openParts(t);
    const chat = await chatOfThree(parts);
    const database = new DatabaseSync(join(parts.folder, ".store", "registry.sqlite"));
    database.exec(sql);
    database.close();
    await assert.rejects(parts.ledger.chain(chat.turns[2]?.requestIds?.[0] ?? ""), {
      code: "store-damaged",
    });
    checkFresh(await chat.say("q4"), "q1 a1 q2 a2 q3 a3 q4");
    chat.turns = chat.turns.slice(3);
    const next = await ask(parts, { turns: chat.turns });
    assert.equal(next.request.cause, undefined, "what is sent now is sound again");
  });
}

test("texts that were forgotten are taken from the chat", async (t) => {
  const parts = await openParts(t);
  const chat = await chatOfThree(parts);
  assert.ok((await parts.ledger.forgetTexts(-1)) > 0);
  checkFresh(await chat.say("q4"), "q1 a1 q2 a2 q3 a3 q4");
});

test("what a tool said is part of the turn, and is repeated with it", async (t) => {
  const parts = await openParts(t);
  const chat = await chatOfThree(parts);
  const first = await ask(parts, { turns: chat.turns, question: "q4" });
  await recordRequest(parts.ledger, first);
  const toolCalls = [{ id: "call-1", name: "read_session_file", input: '{"path":"a.md"}' }];
  const wish = await recordAnswer(parts, first.request.id, { text: "", toolCalls });
  const said = {
    ...draft("pointer", "It stands above."),
    role: "tool" as const,
    toolCallId: "call-1",
  };
  const second = await continueRequest(parts, first, wish, [said]);
  assert.deepEqual(second.messages.slice(0, first.messages.length), first.messages);
  assert.deepEqual(second.messages.slice(first.messages.length), [
    { role: "assistant", content: "", toolCalls },
    { role: "tool", toolCallId: "call-1", content: "It stands above." },
  ]);
  assert.equal(second.request.tokens, second.tokens.total);
  await recordRequest(parts.ledger, second);
  await recordAnswer(parts, second.request.id, { text: "a4" });
  assert.equal(await rebuilt(parts, second.request.id), second.request.digest);
  const requestIds = [first.request.id, second.request.id];
  chat.turns.push({ question: "q4", answer: "a4", requestIds });
  const next = await chat.say("q5");
  assert.deepEqual(next.messages.slice(0, second.messages.length), second.messages);
  assert.equal(next.request.cause, undefined);
});
