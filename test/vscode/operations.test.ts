import assert from "node:assert/strict";
import { test } from "node:test";
import type { OperationEvent } from "../../src/core/operations/operation.ts";
import type { OperationLog } from "../../src/core/ports/operation-log.ts";
import { createOperations, type Operations } from "../../src/vscode/operations.ts";

interface Bench {
  readonly operations: Operations;
  /** What the inner log was asked, in order. */
  readonly calls: string[];
  readonly events: OperationEvent[];
  /** What the channel was given. */
  readonly lines: string[];
  failure: Error | undefined;
  isClosed: boolean;
}

const interrupted: OperationEvent = {
  id: "00000000-dead",
  commandId: "upload:11111111",
  kind: "upload",
  event: "failed",
  at: 1,
  uri: "file:///work/a.csv",
  errorCode: "interrupted",
};

function openBench(): Bench {
  const bench = { calls: [], events: [], lines: [], failure: undefined, isClosed: false };
  const { calls, events, lines } = bench as Pick<Bench, "calls" | "events" | "lines">;
  const open = bench as unknown as Bench & { operations: Operations };
  const answer = async <T>(call: string, value: T): Promise<T> => {
    calls.push(call);
    if (open.failure) throw open.failure;
    return value;
  };
  const inner: OperationLog = {
    append: async (appended) => {
      await answer("append", undefined);
      events.push(...appended);
    },
    operations: () => answer("operations", events),
    resolveInterrupted: () => answer("resolve", [interrupted]),
  };
  const say = (level: string) => (line: string) => {
    if (open.isClosed) throw new Error("Channel has been closed");
    lines.push(`${level} ${line}`);
  };
  open.operations = createOperations(inner, { info: say("info"), warn: say("warn") });
  return open;
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("nothing is asked or written before the first use", async () => {
  const { calls, lines, operations } = openBench();
  operations.command("satchel.pin");
  await settled();
  assert.deepEqual([calls, lines], [[], []]);
});

test("the first operation of a window first ends what was interrupted; a look at the session does, too; once", async () => {
  const { calls, lines, operations } = openBench();
  const run = operations.command("satchel.pin");
  await run({ kind: "metadata_change" }, async () => undefined);
  operations.endInterrupted();
  await settled();
  assert.deepEqual(calls, ["resolve", "append", "append"]);
  assert.ok(
    lines.includes(
      "warn upload failed a.csv · interrupted · op 00000000 (command upload:11111111)",
    ),
    lines.join("\n"),
  );
  const other = openBench();
  other.operations.endInterrupted();
  other.operations.endInterrupted();
  assert.deepEqual(other.calls, ["resolve"]);
});

test("each event is a line of the channel, a failure as a warning", async () => {
  const { events, lines, operations } = openBench();
  const run = operations.command("satchel.upload");
  const subject = { kind: "upload", uri: "file:///a.csv", provider: "openai" } as const;
  await run(subject, async (operation) => operation.tell({ bytes: 4_100 }));
  await assert.rejects(run(subject, () => Promise.reject(new Error("defect"))));
  const own = lines.filter((line) => !line.includes("interrupted"));
  const shape = [
    /^info upload started a\.csv · openai · op [0-9a-f]{8} \(command upload:[0-9a-f]{8}\)$/u,
    /^info upload completed a\.csv · openai · 4\.1 kB · \d+ ms · op /u,
    /^info upload started /u,
    /^warn upload failed a\.csv · openai · unexpected · \d+ ms · op /u,
  ];
  assert.equal(own.length, shape.length);
  for (const [index, line] of own.entries()) assert.match(line, shape[index] ?? /$^/u);
  assert.equal(new Set(events.map(({ commandId }) => commandId)).size, 1);
  assert.equal(new Set(events.map(({ id }) => id)).size, 2);
});

test("a log that cannot be written is said in the channel, and the work goes on", async () => {
  const bench = openBench();
  bench.failure = new Error("disk full");
  const run = bench.operations.command("satchel.evict");
  assert.equal(await run({ kind: "evict" }, async () => "done"), "done");
  await settled();
  const said = bench.lines.filter((line) => line.includes("disk full"));
  assert.deepEqual(
    new Set(said),
    new Set(["warn The operations log cannot be written: disk full"]),
  );
});

test("a channel that was closed with its window does not keep the end out of the log", async () => {
  const bench = openBench();
  const run = bench.operations.command("satchel.evict");
  await run({ kind: "evict" }, async () => void (bench.isClosed = true));
  assert.deepEqual(
    bench.events.map(({ event }) => event),
    ["started", "completed"],
  );
});
