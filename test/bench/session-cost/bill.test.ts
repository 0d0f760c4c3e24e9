import assert from "node:assert/strict";
import { test } from "node:test";
import type { Payload, Trace, TraceTurn } from "../../../src/headless/trace.ts";
import { type Bill, billSession, costOf, hitRate, rate } from "./bill.ts";

/** A token is a character: then every bill can be worked out by hand. */
const count = (text: string): number => text.length;
/** What stands around the content of a message. */
const frame = 4;

const text = "one\ntwo\nthree\n";
const edited = "one\n2\nthree\n";
const hunks = "@@ -2,1 +2,1 @@\n-two\n+2\n";

function turn(ask: string, files: Partial<TraceTurn> = {}): TraceTurn {
  return { ask, open: {}, answer: `Answer to ${ask}`, after: {}, ...files };
}

function traceOf(turns: readonly TraceTurn[], window = 100_000): Trace {
  return { name: "tiny", window, base: {}, turns };
}

/** The requests of a session: the contents of the messages of each, and what it claims of files. */
function bill(
  trace: Trace,
  requests: readonly (readonly string[])[],
  files: Payload["files"] = [],
): Bill {
  const payloads = requests.map((contents, index) => ({
    turn: index,
    messages: contents.map((content) => ({ role: "user", content })),
    files,
  }));
  return billSession(trace, payloads, count);
}

/** A session whose second turn is about a file that has changed since it was shown whole in the first message. */
function afterEdit(diff: string, claims: Payload["files"]): Bill {
  const trace = traceOf([
    turn("a", { open: { "x.ts": text }, after: { "x.ts": edited } }),
    turn("b", { open: { "x.ts": edited } }),
  ]);
  return bill(
    trace,
    [
      [text, "a"],
      [text, "a", "Answer to a", diff, "b"],
    ],
    claims,
  );
}

test("a first request is fresh, and its messages cost what stands around them, too", () => {
  const { fresh, cached, max, turns } = bill(traceOf([turn("why")]), [["0123456789", "why"]]);
  assert.deepEqual({ fresh, cached, max, turns }, { fresh: 21, cached: 0, max: 21, turns: 1 });
});

test("what a request repeats is cached in whole steps of 128 tokens", () => {
  const long = "x".repeat(1500);
  const first = 1500 + frame + 1 + frame;
  const second = first + 11 + frame + 1 + frame;
  const found = bill(traceOf([turn("a"), turn("b")]), [
    [long, "a"],
    [long, "a", "Answer to a", "b"],
  ]);
  assert.equal(found.cached, 11 * 128);
  assert.equal(found.fresh, first + second - 11 * 128);
  assert.equal(hitRate(found), (11 * 128) / (first + second));
  assert.equal(costOf(found, { fresh: 2, cached: 0.5 }), 2 * found.fresh + 0.5 * found.cached);
});

test("a prefix of less than 1,024 tokens is not cached", () => {
  const cachedAfter = (content: string): number =>
    bill(traceOf([turn("a"), turn("b")]), [
      [content, "a"],
      [content, "b"],
    ]).cached;
  // Of the second message its start is the same: 3 tokens.
  assert.equal(cachedAfter("x".repeat(1016)), 0);
  assert.equal(cachedAfter("x".repeat(1017)), 1024);
});

test("what follows the first difference is fresh, even where it is the same again", () => {
  const head = "x".repeat(1030);
  const found = bill(traceOf([turn("a"), turn("b")]), [
    [`${head}one`, "y".repeat(5000), "a"],
    [`${head}two`, "y".repeat(5000), "b"],
  ]);
  assert.equal(found.cached, 1024);
});

test("only the request before counts, and a message of another role is another message", () => {
  const long = "x".repeat(2000);
  const requests = [[long, "a"], ["b"], [long, "c"]];
  assert.equal(bill(traceOf([turn("a"), turn("b"), turn("c")]), requests).cached, 0);
  const payloads = ["user", "system"].map((role, index) => ({
    turn: index,
    messages: [{ role, content: `${long}ab` }],
    files: [],
  }));
  assert.equal(billSession(traceOf([turn("a"), turn("b")]), payloads, count).cached, 0);
});

test("a request over the window is found, one that fills it is none", () => {
  const size = 10 + frame + 1 + frame;
  assert.equal(bill(traceOf([turn("a")], size), [["0123456789", "a"]]).over, 0);
  assert.equal(bill(traceOf([turn("a")], size - 1), [["0123456789", "a"]]).over, 1);
});

test("a mentioned file that stands there as it was is stale", () => {
  const trace = traceOf([
    turn("a", { open: { "x.ts": text }, after: { "x.ts": edited } }),
    turn("b", { open: { "x.ts": edited } }),
  ]);
  assert.equal(
    bill(trace, [
      [text, "a"],
      [text, "b"],
    ]).stale,
    1,
  );
  assert.equal(
    bill(trace, [
      [text, "a"],
      [edited, "b"],
    ]).stale,
    0,
  );
});

test("a file that was edited and is not mentioned is not covered, and not stale", () => {
  const trace = traceOf([
    turn("a", { open: { "x.ts": text, "y.ts": "y\n" }, after: { "x.ts": edited } }),
    turn("b"),
  ]);
  const found = bill(trace, [
    [text, "y\n", "a"],
    [text, "y\n", "b"],
  ]);
  assert.equal(found.stale, 0);
  assert.deepEqual(found.coverage, { of: 4, found: 3 });
});

test("deleted files belong to no working set", () => {
  const trace = traceOf([
    turn("a", { open: { "x.ts": text }, after: { "x.ts": null } }),
    turn("b"),
  ]);
  assert.deepEqual(bill(trace, [[text, "a"], ["b"]]).coverage, { of: 1, found: 1 });
});

test("the working set are the files of the latest 30 mentions", () => {
  const open = Object.fromEntries(
    Array.from({ length: 31 }, (_, index) => [`${index}.ts`, `<${index}>`]),
  );
  assert.equal(bill(traceOf([turn("a", { open })]), [["<0>", "a"]]).coverage.found, 0);
  assert.deepEqual(bill(traceOf([turn("a", { open })]), [["<1>", "a"]]).coverage, {
    of: 30,
    found: 1,
  });
});

test("an empty file has to be named", () => {
  const trace = traceOf([turn("a", { open: { "empty.ts": "" } })]);
  assert.equal(bill(trace, [["a"]]).stale, 1);
  assert.equal(bill(trace, [["empty.ts is empty", "a"]]).stale, 0);
});

test("a diff is believed where it leads to what is on disk", () => {
  const claim = { path: "x.ts", full: [0, 0, text.length], diffs: [[3, 0, hunks.length]] } as const;
  // In the first request, that message is not there, and the text stands in it as it is.
  assert.equal(afterEdit(hunks, [claim]).stale, 0);
  assert.equal(rate(afterEdit(hunks, [claim]).coverage), 1);
});

for (const [what, diff] of [
  ["removes another line", "@@ -2,1 +2,1 @@\n-too\n+2\n"],
  ["is at another line", "@@ -1,1 +1,1 @@\n-two\n+2\n"],
  ["announces more lines than it has", "@@ -2,2 +2,2 @@\n-two\n+2\n"],
  ["announces fewer lines than it has", "@@ -2,0 +2,1 @@\n-two\n+2\n"],
  ["holds words", "@@ -2,1 +2,1 @@\n-two\n+2\nand no more\n"],
  ["leads to another text", "@@ -2,1 +2,1 @@\n-two\n+too\n"],
  [
    "loses the line break at the end",
    "@@ -2,2 +2,2 @@\n-two\n-three\n+2\n+three\n\\ No newline at end of file\n",
  ],
  ["is none", "the second line is 2 now\n"],
] as const) {
  test(`a diff that ${what} is not believed`, () => {
    const claim = {
      path: "x.ts",
      full: [0, 0, text.length],
      diffs: [[3, 0, diff.length]],
    } as const;
    assert.equal(afterEdit(diff, [claim]).stale, 1);
  });
}

for (const [what, claim] of [
  ["of another file", { path: "y.ts", full: [0, 0, text.length], diffs: [[3, 0, hunks.length]] }],
  [
    "that cuts the diff short",
    { path: "x.ts", full: [0, 0, text.length], diffs: [[3, 0, hunks.length - 2]] },
  ],
  ["that begins late", { path: "x.ts", full: [0, 1, text.length], diffs: [[3, 0, hunks.length]] }],
  [
    "of another message",
    { path: "x.ts", full: [0, 0, text.length], diffs: [[9, 0, hunks.length]] },
  ],
  ["without the diff", { path: "x.ts", full: [0, 0, text.length], diffs: [] }],
] as const) {
  test(`a span ${what} is not believed`, () => assert.equal(afterEdit(hunks, [claim]).stale, 1));
}

test("history are the questions and answers of the latest five turns, byte for byte", () => {
  const turns = Array.from({ length: 7 }, (_, index) => turn(`<question ${index}>`));
  const requests = turns.map(({ ask }, index) => [
    ...turns.slice(Math.max(0, index - 5), index).flatMap((past) => [past.ask, past.answer]),
    ask,
  ]);
  assert.deepEqual(bill(traceOf(turns), requests).history, { of: 40, found: 40 });
  const shortened = requests.map((contents) =>
    contents.filter((content) => !content.startsWith("Answer to <question 0")),
  );
  // Turns 1 to 5 lack the answer of turn 0, and not its question.
  assert.deepEqual(bill(traceOf(turns), shortened).history, { of: 40, found: 35 });
});

test("a session without one of its requests has no bill, nor one that does not ask", () => {
  assert.throws(() => bill(traceOf([turn("a"), turn("b")]), [["a"]]), /no request of turn 1/u);
  assert.throws(() => bill(traceOf([turn("why")]), [["what"]]), /turn 0 asks something else/u);
});
