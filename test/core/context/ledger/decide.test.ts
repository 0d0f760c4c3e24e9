import assert from "node:assert/strict";
import { test } from "node:test";
import type {
  Conversation,
  LoggedMessage,
} from "../../../../src/core/context/ledger/conversation.ts";
import { decide, type Decision, type Weighed } from "../../../../src/core/context/ledger/decide.ts";
import { defaultLifeRules } from "../../../../src/core/context/ledger/lifetimes.ts";
import type { RequestFacts } from "../../../../src/core/ports/request-log.ts";
import { requestOf } from "../../../store/sample-requests.ts";
import { logged, shown, turn } from "./logs.ts";

/** A conversation of so many requests, the last of which sent all of the log but its answer. */
function conversationOf(log: readonly LoggedMessage[], requests: number): Conversation {
  const facts = Array.from({ length: requests }, (_, index): RequestFacts => requestOf(`${index}`));
  return { requests: facts, log, sent: log.length - 1 };
}

function decided(
  log: readonly LoggedMessage[],
  requests: number,
  change: Partial<Weighed> = {},
): Decision {
  return decide({
    conversation: conversationOf(log, requests),
    news: [],
    resting: new Map(),
    fullTokens: new Map(),
    room: 100_000,
    window: 100_000,
    isWarm: true,
    cachedPrice: 0.1,
    life: defaultLifeRules,
    ...change,
  });
}

const file = (request: number, id: string, tokens: number, version = 1): LoggedMessage =>
  logged(request, "file", { tokens, files: [shown(id, version)] });
const instructions = logged(0, "instructions");

test("a log in which nothing is dead is continued", () => {
  const log = [instructions, file(0, "a", 9_000), ...turn(0)];
  assert.deepEqual(decided(log, 1), { keeps: 4 });
  assert.deepEqual(decided(log, 1, { isWarm: false }), { keeps: 4 });
});

test("dead weight is carried until it has cost as much as leaving it behind", () => {
  // Of 2,000 dead tokens each request wastes 200; to send 3,000 living ones anew costs 2,700 more, less the 200 that are saved at once.
  const log = [
    instructions,
    file(0, "a", 2_000),
    ...turn(0),
    file(1, "a", 2_970, 2),
    ...turn(1, 5),
  ];
  const keeps = (requests: number): number => decided(log, requests).keeps;
  assert.equal(keeps(12), 7);
  const decision = decided(log, 13);
  assert.deepEqual(decision, { keeps: 1, cause: "pays" });
});

test("where the cache is cold anyway, dead weight is left behind at once", () => {
  const log = [instructions, file(0, "a", 2_000), ...turn(0), file(1, "a", 2_970, 2), ...turn(1)];
  assert.deepEqual(decided(log, 2, { isWarm: false }), { keeps: 1, cause: "cold" });
});

test("old turns alone begin no epoch, not even in a cold cache", () => {
  const log = [instructions, ...Array.from({ length: 40 }, (_, index) => turn(index, 900)).flat()];
  assert.deepEqual(decided(log, 40, { isWarm: false }), { keeps: 81 });
});

test("a clean head stays when the weight behind it is left", () => {
  const log = [
    instructions,
    file(0, "base", 20_000),
    ...turn(0),
    file(1, "a", 5_000),
    file(2, "a", 500, 2),
    ...turn(2),
  ];
  assert.deepEqual(decided(log, 9), { keeps: 4, cause: "pays" });
});

test("a log that would not fit is cut because of the window", () => {
  const log = [instructions, file(0, "a", 500), ...turn(0), file(1, "b", 500), ...turn(1)];
  const { keeps, cause } = decided(log, 2, { room: 900, window: 1_000 });
  assert.deepEqual([keeps < log.length, cause], [true, "window"]);
});

test("a log is over the room with the dead that it ends with, and is cut", () => {
  const toolCalls = [{ id: "call", name: "read", input: "{}" }];
  const part = shown("b", 1, { representation: "excerpt", lines: [1, 90] });
  const log = [
    instructions,
    file(0, "a", 300),
    logged(0, "question"),
    logged(0, "answer", { toolCalls }),
    logged(1, "tool-result", { tokens: 700, files: [part] }),
    logged(1, "answer"),
  ];
  assert.equal(decided(log, 2, { room: 900, window: 1_000 }).cause, "window");
});

test("what is new counts, before it is sent", () => {
  const log = [instructions, file(0, "a", 500), ...turn(0)];
  const news = [file(1, "b", 500)];
  assert.equal(decided(log, 1, { room: 900, window: 1_000, news }).cause, "window");
  assert.equal(decided(log, 1, { room: 1_100, window: 1_100, news }).cause, undefined);
});

test("a cut never parts a model's wish to read from what it read", () => {
  const toolCalls = [{ id: "call", name: "read", input: "{}" }];
  const part = shown("b", 1, { representation: "excerpt", lines: [1, 900] });
  const log = [
    instructions,
    file(0, "a", 500),
    logged(0, "question"),
    logged(0, "answer", { toolCalls }),
    logged(1, "tool-result", { tokens: 9_000, files: [part] }),
    logged(1, "answer"),
    ...turn(2),
  ];
  const { keeps, cause } = decided(log, 3);
  assert.equal(cause, "pays");
  assert.notEqual(log[keeps - 1]?.toolCalls, toolCalls, "the wish would stand without an answer");
});

test("a question that is kept keeps its answer in front of what is built anew", () => {
  const log = [instructions, ...turn(0), file(1, "a", 9_000), ...turn(1), file(2, "a", 9, 2)];
  const { keeps } = decided(log, 9);
  assert.equal(keeps, 3);
});
