import assert from "node:assert/strict";
import { test } from "node:test";
import {
  logged as asLogged,
  type LoggedMessage,
} from "../../../../src/core/context/ledger/conversation.ts";
import {
  earlierDraft,
  keptTurnsOf,
  questionsIn,
  takeTurns,
  turnDrafts,
} from "../../../../src/core/context/ledger/turns.ts";
import { logged, shown, turn } from "./logs.ts";

/** Turns of so many tokens each; half of them are the question's. */
const turnsOf = (...tokens: readonly number[]): LoggedMessage[] =>
  tokens.flatMap((each, request) => turn(request, each / 2));

const every = (log: readonly LoggedMessage[]): ReadonlySet<number> => new Set(log.keys());

function check(log: readonly LoggedMessage[], room: number, taken: string, earlier = ""): void {
  const turns = takeTurns(log, 0, every(log), room);
  assert.equal(textsOf(turns.messages), taken);
  assert.equal(turns.earlier.join(" "), earlier);
}

function textsOf(messages: readonly Pick<LoggedMessage, "blocks">[]): string {
  return messages.map(({ blocks }) => blocks.map(({ text }) => text).join()).join(" ");
}

test("all turns are taken while they have room", () => {
  check(turnsOf(10, 10, 10), 30, "q0 a0 q1 a1 q2 a2");
});

test("beyond it the oldest are dropped down to half of the room in one jump, and told in a line each", () => {
  check(turnsOf(10, 10, 10, 10), 30, "q3 a3", "q0 q1 q2");
  check(turnsOf(10, 10, 4, 8), 30, "q2 a2 q3 a3", "q0 q1");
});

test("after a jump the next turns have room again without another one", () => {
  const log = turnsOf(10, 10, 10, 10);
  const { messages } = takeTurns(log, 0, every(log), 30);
  const later = [...asLogged(messages, 0), ...turnsOf(9, 9)];
  assert.equal(takeTurns(later, 0, every(later), 30).messages.length, 6);
});

test("a last turn over half of the room is dropped, too, and so is every one without room", () => {
  check(turnsOf(10, 28), 30, "", "q0 q1");
  check(turnsOf(6), -3, "", "q0");
});

test("a question keeps its answer, and an answer its question", () => {
  for (let room = 0; room < 60; room += 3) {
    const log = turnsOf(10, 6, 14, 2, 8);
    const { messages } = takeTurns(log, 0, every(log), room);
    assert.equal(messages.length % 2, 0);
    for (const [index, { role }] of messages.entries())
      assert.equal(role, index % 2 === 0 ? "user" : "assistant");
  }
});

test("turns in front of the cut are left to it, and those behind it that are not kept are told in a line", () => {
  const log = turnsOf(10, 10, 10);
  const { messages, earlier } = takeTurns(log, 2, new Set([0, 1, 4, 5]), 100);
  assert.equal(textsOf(messages), "q2 a2");
  assert.deepEqual(earlier, ["q1"]);
});

test("what an earlier epoch told of turns is told again, before those that are dropped now", () => {
  const [draft] = earlierDraft("77", ["first", "second"]);
  const log = [
    logged(0, "instructions"),
    logged(3, "earlier", { text: draft?.text ?? "" }),
    ...turnsOf(10),
  ];
  assert.deepEqual(takeTurns(log, 1, new Set(), 100).earlier, ["first", "second", "q0"]);
  assert.deepEqual(takeTurns(log, 2, new Set(), 100).earlier, ["q0"], "it stands in the head");
});

test("the beginnings of the newest thirty turns are told, each in one line", () => {
  assert.deepEqual(earlierDraft("77", []), []);
  const questions = Array.from({ length: 40 }, (_, index) => `${index}?\n\n- not one of these`);
  const [draft] = earlierDraft("77", questions);
  const lines = draft?.text.split("\n").filter((line) => line.startsWith("- ")) ?? [];
  assert.equal(lines.length, 30);
  assert.deepEqual(
    [lines[0], lines.at(-1)],
    ["- 10? - not one of these", "- 39? - not one of these"],
  );
});

test("a long beginning is cut between characters, and stays the same when it is told again", () => {
  const tell = (question: string): string => earlierDraft("77", [question])[0]?.text ?? "";
  for (const question of ["word ".repeat(30), "🎈".repeat(80), `x${"🎈".repeat(80)}`]) {
    const once = tell(question);
    const line = once.split("\n")[1] ?? "";
    assert.match(line, /^- .{40,100}…$/u);
    assert.ok(line.isWellFormed());
    const earlier = [logged(0, "earlier", { text: once })];
    assert.equal(tell(takeTurns(earlier, 0, new Set(), 9).earlier[0] ?? ""), once);
  }
});

const kept = (log: readonly LoggedMessage[], keepTurns: number, keepTurnTokens: number): string =>
  [...keptTurnsOf(log, { keepTurns, keepTurnTokens })].toSorted((a, b) => a - b).join(" ");

test("the newest turns are kept, however long they are", () => {
  assert.equal(kept(turnsOf(10, 900, 10), 2, 0), "2 3 4 5");
});

test("older turns are kept, too, while all together are short", () => {
  assert.equal(kept(turnsOf(10, 10, 10), 1, 20), "2 3 4 5");
  assert.equal(kept(turnsOf(10, 10, 10), 1, 19), "4 5");
  assert.equal(kept(turnsOf(2, 90, 10), 1, 20), "4 5", "none is kept behind one that is not");
});

test("what came between a question and its answer is not kept with them", () => {
  const toolCalls = [{ id: "call", name: "read", input: "{}" }];
  const log = [
    logged(0, "instructions"),
    logged(0, "question"),
    logged(0, "answer", { toolCalls }),
    logged(1, "tool-result"),
    logged(1, "answer"),
    logged(2, "file", { files: [shown("a")] }),
    ...turn(2),
  ];
  assert.equal(kept(log, 5, 0), "1 4 6 7");
});

test("questions are found by their place, wherever files stand between them", () => {
  const log = [logged(0, "instructions"), ...turn(0), logged(1, "diff"), ...turn(1)];
  assert.deepEqual(questionsIn(log), [1, 4]);
});

test("a conversation that only the chat knows becomes questions and answers", () => {
  const drafts = turnDrafts([{ question: "Why?", answer: "So." }]);
  assert.deepEqual(
    drafts.map(({ role, kind, text }) => [role, kind, text]),
    [
      ["user", "question", "Why?"],
      ["assistant", "answer", "So."],
    ],
  );
});
