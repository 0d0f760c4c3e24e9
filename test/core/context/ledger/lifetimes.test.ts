import assert from "node:assert/strict";
import { test } from "node:test";
import type { LoggedMessage } from "../../../../src/core/context/ledger/conversation.ts";
import {
  deathsIn,
  defaultLifeRules,
  restingFiles,
} from "../../../../src/core/context/ledger/lifetimes.ts";
import { shownBy } from "../../../../src/core/context/ledger/standing.ts";
import { keptTurnsOf } from "../../../../src/core/context/ledger/turns.ts";
import { logged, shown, turn } from "./logs.ts";

const call = { id: "call", name: "read", input: "{}" };

/** Requests that each used so many files that nobody asks about. */
function requestsUsing(...uses: readonly (number | readonly string[])[]): { uses: string[] }[] {
  return uses.map((used, request) => ({
    uses:
      typeof used === "number"
        ? Array.from({ length: used }, (_, index) => `other-${request}-${index}`)
        : [...used],
  }));
}

function restingSince(
  requests: readonly { readonly uses: readonly string[] }[],
  uses: readonly string[] = [],
  ids: readonly string[] = ["a"],
): Record<string, number> {
  return Object.fromEntries(restingFiles(requests, uses, ids, defaultLifeRules));
}

test("a file rests when thirty others have been used since", () => {
  assert.deepEqual(restingSince(requestsUsing(["a"], 15, 14)), {});
  assert.deepEqual(restingSince(requestsUsing(["a"], 15, 15)), { a: 2 });
});

test("the uses of the request that is being prepared count", () => {
  assert.deepEqual(restingSince(requestsUsing(["a"], 29), ["x"]), { a: 2 });
  assert.deepEqual(restingSince(requestsUsing(["a"], 40), ["a"]), {});
});

test("it rests since the request that made the thirty full, however many came after", () => {
  assert.deepEqual(restingSince(requestsUsing(["a"], 10, 10, 10, 10, 10)), { a: 3 });
});

test("a file that nobody has ever used rests, too", () => {
  assert.deepEqual(restingSince(requestsUsing(20, 10)), { a: 1 });
});

test("what was used with it in the same request does not count against it", () => {
  const together = ["a", ...requestsUsing(40).flatMap(({ uses }) => uses)];
  assert.deepEqual(restingSince(requestsUsing(together)), {});
});

test("a use wakes a file", () => {
  assert.deepEqual(restingSince(requestsUsing(["a"], 30, ["a"], 29)), {});
});

test("files that are not asked about are not told", () => {
  assert.deepEqual(restingSince(requestsUsing(["a", "b"], 30), [], ["b"]), { b: 1 });
});

function deaths(
  log: readonly LoggedMessage[],
  resting: Readonly<Record<string, number>> = {},
  keepTurns = 100,
): readonly (number | undefined)[] {
  const kept = keptTurnsOf(log, { keepTurns, keepTurnTokens: 0 });
  return deathsIn(log, shownBy(log), new Map(Object.entries(resting)), kept);
}

test("all is worth its place in a young log", () => {
  const log = [logged(0, "instructions"), logged(0, "file", { files: [shown("a")] }), ...turn(0)];
  assert.deepEqual(deaths(log), [undefined, undefined, undefined, undefined]);
});

test("what is superseded is dead since the request that superseded it", () => {
  const log = [
    logged(0, "file", { files: [shown("a")] }),
    logged(4, "file", { files: [shown("a", 2)] }),
  ];
  assert.deepEqual(deaths(log), [4, undefined]);
});

test("a file at rest is dead with its diffs since it rests", () => {
  const log = [
    logged(0, "file", { files: [shown("a")] }),
    logged(0, "file", { files: [shown("b")] }),
    logged(1, "diff", { files: [shown("a", 2)] }),
  ];
  assert.deepEqual(deaths(log, { a: 7 }), [7, undefined, 7]);
});

test("what was looked up for a question is dead once that is answered, unless it stands", () => {
  const part = shown("a", 1, { representation: "excerpt", lines: [1, 2] });
  const log = [
    logged(3, "tool-result", { files: [part] }),
    logged(3, "pointer"),
    logged(3, "tool-result", { files: [shown("b")] }),
  ];
  assert.deepEqual(deaths(log), [4, 4, undefined]);
});

test("a turn is old since the question that pushed it out of those that are kept", () => {
  const log = [...turn(0), ...turn(1), ...turn(2), ...turn(3)];
  assert.deepEqual(deaths(log, {}, 2), [2, 2, 3, 3, undefined, undefined, undefined, undefined]);
});

test("a file between old turns does not grow old with them", () => {
  const log = [...turn(0), logged(1, "file", { files: [shown("a")] }), ...turn(1), ...turn(2)];
  assert.deepEqual(deaths(log, {}, 1), [1, 1, undefined, 2, 2, undefined, undefined]);
});

test("what asked for tools in an old turn is old with it", () => {
  const log = [
    logged(0, "question"),
    logged(0, "answer", { toolCalls: [call] }),
    logged(1, "tool-result"),
    logged(1, "answer"),
    ...turn(2),
  ];
  assert.deepEqual(deaths(log, {}, 1), [2, 2, 2, 2, undefined, undefined]);
});
