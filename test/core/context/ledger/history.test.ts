import assert from "node:assert/strict";
import { test } from "node:test";
import {
  continued,
  logOf,
  newConversation,
} from "../../../../src/core/context/ledger/conversation.ts";
import {
  loadHistory,
  type ChatTurn,
  type History,
} from "../../../../src/core/context/ledger/history.ts";
import { ContextError } from "../../../../src/core/errors.ts";
import type { RequestLog, SentRequest } from "../../../../src/core/ports/request-log.ts";
import { answeredBy, messageOf, nextOf, requestOf } from "../../../store/sample-requests.ts";

const tokens = {
  count: async (texts: readonly string[]) => texts.map(({ length }) => length),
  countUtf8: async (bytes: Uint8Array) => bytes.length,
};

/** A ledger that holds these requests, each of which follows the one before. */
function ledgerOf(requests: readonly SentRequest[], texts = requests): RequestLog {
  const upTo = <T extends { readonly id: string }>(some: readonly T[], id: string): readonly T[] =>
    some.slice(0, some.findIndex((request) => request.id === id) + 1);
  const ledger: Partial<RequestLog> = {
    conversation: async (id) => upTo(requests, id),
    chain: async (id) => upTo(texts, id),
  };
  return ledger as RequestLog;
}

const a = answeredBy(requestOf("a"), "answer a");
const b = answeredBy(nextOf(a, "b"), "answer b");
const c = answeredBy(nextOf(b, "c", { keeps: 1, cause: "asked", epoch: 2 }), "answer c");

const turnOf = (...requestIds: readonly string[]): ChatTurn => ({
  question: `q-${requestIds.join()}`,
  answer: "yes",
  requestIds,
});

async function load(
  turns: readonly ChatTurn[],
  ledger = ledgerOf([a, b, c]),
  sessionId = "s",
): Promise<History> {
  return loadHistory({ ledger, tokens }, sessionId, turns, undefined);
}

const textsOf = (history: History): string =>
  (history.conversation?.log ?? history.log ?? [])
    .map(({ blocks, request }) => `${request}:${blocks.map(({ text }) => text).join("+")}`)
    .join(" ");

test("a chat without turns has no history", async () => {
  assert.deepEqual(await load([]), {});
});

test("turns that the ledger knows are what it knows of them, whatever the chat says", async () => {
  const history = await load([turnOf("a"), turnOf("b")]);
  assert.equal(textsOf(history), "0:a 0:answer a 1:b 1:answer b");
  assert.deepEqual(
    history.conversation?.requests.map(({ id }) => id),
    ["a", "b"],
  );
  assert.equal(history.log, undefined);
});

test("what the last request sent is told apart from what answered it", async () => {
  assert.equal((await load([turnOf("a"), turnOf("b")])).conversation?.sent, 3);
});

test("behind a cut stands what the request with the cut brought", async () => {
  assert.equal(textsOf(await load([turnOf("a"), turnOf("b"), turnOf("c")])), "0:a 2:c 2:answer c");
});

test("a log whose beginning nobody repeats any more keeps the numbers of its requests", async () => {
  const fresh = answeredBy(nextOf(b, "c", { keeps: 0, epoch: 2, cause: "cold" }), "answer c");
  const ledger = ledgerOf([a, b, fresh], [fresh]);
  const history = await load([turnOf("a"), turnOf("b"), turnOf("c")], ledger);
  assert.equal(textsOf(history), "2:c 2:answer c");
});

test("a turn may be made of several requests", async () => {
  assert.equal(textsOf(await load([turnOf("a", "b")])), "0:a 0:answer a 1:b 1:answer b");
});

const unknown: Readonly<Record<string, readonly ChatTurn[]>> = {
  "a request that nobody knows": [turnOf("x")],
  "a turn that is missing": [turnOf("b")],
  "a turn in the middle that is missing": [turnOf("a"), turnOf("c")],
  "turns in another order": [turnOf("b"), turnOf("a")],
  "a turn too many": [turnOf("a"), turnOf("x"), turnOf("b")],
  "a turn without requests": [turnOf("a"), turnOf()],
  "a turn whose requests the chat does not know": [turnOf("a"), { question: "q-", answer: "yes" }],
};

for (const [what, turns] of Object.entries(unknown)) {
  test(`what the ledger does not know is taken from the chat: ${what}`, async () => {
    const history = await load(turns);
    assert.equal(history.conversation, undefined);
    assert.equal(textsOf(history), turns.map(({ question }) => `0:${question} 0:yes`).join(" "));
    assert.deepEqual(
      history.log?.map(({ role, tokens: count }) => [role, count]),
      turns.flatMap(({ question }) => [
        ["user", question.length + 8],
        ["assistant", 3 + 8],
      ]),
    );
  });
}

test("requests of another session, unanswered ones, and forgotten texts are not gone on with", async () => {
  assert.equal((await load([turnOf("a")], ledgerOf([a]), "other")).conversation, undefined);
  assert.equal((await load([turnOf("a")], ledgerOf([requestOf("a")]))).conversation, undefined);
  assert.equal((await load([turnOf("a")], ledgerOf([a], []))).conversation, undefined);
});

test("a damaged ledger is like one that knows nothing; what else goes wrong is told", async () => {
  const failing = (error: Error): RequestLog => ({
    ...ledgerOf([a]),
    chain: async () => {
      throw error;
    },
  });
  const damaged = failing(new ContextError("store-damaged", "damaged"));
  assert.equal(textsOf(await load([turnOf("a")], damaged)), "0:q-a 0:yes");
  for (const error of [new ContextError("store-unavailable", "locked"), new Error("bug")])
    await assert.rejects(load([turnOf("a")], failing(error)), error);
});

test("a conversation grows by a request and its answer, and is cut where that one cuts it", () => {
  const grown = [a, b, c].reduce(continued, newConversation);
  assert.deepEqual(grown.log, logOf([a, b, c], 0));
  assert.equal(grown.sent, grown.log.length - 1);
  assert.deepEqual(
    grown.requests.map(({ id, cause }) => [id, cause]),
    [
      ["a", undefined],
      ["b", undefined],
      ["c", "asked"],
    ],
  );
  assert.equal("added" in (grown.requests[0] ?? {}), false, "facts are kept without messages");
  const open = continued(grown, nextOf(c, "d", { added: [messageOf("user", ["d"])] }));
  assert.equal(open.sent, open.log.length);
});
