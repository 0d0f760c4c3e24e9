import assert from "node:assert/strict";
import { test } from "node:test";
import { entryOf, operationLine } from "../../../src/core/operations/describe.ts";
import { jsonLines } from "../../../src/core/operations/json-lines.ts";
import type { OperationEvent } from "../../../src/core/operations/operation.ts";

const begun: OperationEvent = {
  id: "3f2a19c0-0000-4000-8000-000000000000",
  commandId: "upload:9c01f3a2-0000-4000-8000-000000000000",
  kind: "upload",
  event: "started",
  at: Date.UTC(2026, 10, 20, 10, 0, 0, 7),
  sessionId: "s",
  uri: "file:///work/q4/sales.csv",
  provider: "openai",
};
const done: OperationEvent = { ...begun, event: "completed", bytes: 4_100, durationMs: 1_234 };
const ids = "op 3f2a19c0 (command upload:9c01f3a2)";

const lines: readonly (readonly [Partial<OperationEvent>, string])[] = [
  [{}, `upload completed sales.csv · openai · 4.1 kB · 1.2 s · ${ids}`],
  [
    { event: "failed", errorCode: "provider-busy", bytes: undefined, durationMs: 90 },
    `upload failed sales.csv · openai · provider-busy · 90 ms · ${ids}`,
  ],
  [
    { event: "retry", errorCode: "provider-busy", attempt: 2, bytes: undefined },
    `upload retry sales.csv · openai · provider-busy · 1.2 s · attempt 2 · ${ids}`,
  ],
  [
    { kind: "pack", uri: undefined, provider: undefined, bytes: undefined, durationMs: 150_000 },
    `pack completed · 2.5 min · ${ids}`,
  ],
  [
    { uri: "file:///work/a%0Aupload%20completed%20%E2%80%AEfake.csv" },
    `upload completed a\u{fffd}upload completed \u{fffd}fake.csv · openai · 4.1 kB · 1.2 s · ${ids}`,
  ],
  [
    { commandId: "9c01f3a2-0000" },
    "upload completed sales.csv · openai · 4.1 kB · 1.2 s · op 3f2a19c0 (command 9c01f3a2)",
  ],
];
for (const [change, expected] of lines) {
  test(`a line: ${expected}`, () => {
    assert.equal(operationLine({ ...done, ...change }), expected);
  });
}

const outcomes: readonly (readonly [Partial<OperationEvent>, string])[] = [
  [{}, "completed · 4.1 kB · 1.2 s · openai"],
  [{ event: "started", bytes: undefined, durationMs: undefined }, "running · openai"],
  [{ event: "retry", attempt: 3, bytes: undefined }, "running · 1.2 s · attempt 3 · openai"],
  [
    { event: "failed", errorCode: "key-rejected" },
    "failed: key-rejected · 4.1 kB · 1.2 s · openai",
  ],
  [{ event: "failed", errorCode: "cancelled", bytes: undefined }, "cancelled · 1.2 s · openai"],
  [
    { event: "failed", errorCode: "interrupted", bytes: undefined, durationMs: undefined },
    "failed: interrupted · openai",
  ],
];
for (const [change, expected] of outcomes) {
  test(`an entry tells how it went in words: ${expected}`, () => {
    const entry = entryOf({ ...done, ...change }, () => "q4/sales.csv");
    assert.deepEqual(entry, {
      label: "Upload sales.csv",
      description: expected,
      detail: "q4/sales.csv · op 3f2a19c0 · command upload:9c01f3a2",
    });
  });
}

test("an entry of several files names none", () => {
  const { label, detail } = entryOf(
    { ...done, kind: "metadata_change", uri: undefined },
    assert.fail,
  );
  assert.equal(label, "Metadata change");
  assert.equal(detail, "op 3f2a19c0 · command upload:9c01f3a2");
});

test("JSON Lines have one event a line, their keys in one order, and times that people can read", () => {
  const shuffled = Object.fromEntries(
    Object.entries(done).toReversed(),
  ) as unknown as OperationEvent;
  const text = jsonLines([begun, shuffled]);
  assert.equal(
    text,
    `{"at":"2026-11-20T10:00:00.007Z","id":"${begun.id}","commandId":"${begun.commandId}","kind":"upload","event":"started","sessionId":"s","uri":"file:///work/q4/sales.csv","provider":"openai"}\n` +
      `{"at":"2026-11-20T10:00:00.007Z","id":"${begun.id}","commandId":"${begun.commandId}","kind":"upload","event":"completed","sessionId":"s","uri":"file:///work/q4/sales.csv","provider":"openai","bytes":4100,"durationMs":1234}\n`,
  );
  assert.equal(jsonLines([]), "");
});
