import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { ContextError } from "../../../src/core/errors.ts";
import { runOnFiles } from "../../../src/core/operations/on-files.ts";
import type { OperationEvent, OperationSubject } from "../../../src/core/operations/operation.ts";
import { runOperation, type RunOperation } from "../../../src/core/operations/run.ts";
import type { SessionFile } from "../../../src/core/session/session.ts";
import { memoryLog, type MemoryLog } from "./memory-log.ts";

const upload: OperationSubject = {
  kind: "upload",
  sessionId: "s",
  uri: "file:///work/sales.csv",
  provider: "openai",
};

interface Bench {
  readonly log: MemoryLog;
  now: number;
  readonly run: RunOperation;
}

function openBench(): Bench {
  const log = memoryLog();
  let ids = 0;
  const bench: Bench = {
    log,
    now: 1_000,
    run: (subject, work) =>
      runOperation(
        log,
        { subject, commandId: "upload:c", now: () => bench.now, newId: () => `op-${++ids}` },
        work,
      ),
  };
  return bench;
}

const told = ({ log }: Bench): readonly string[] =>
  log.events.map(({ event, uri, errorCode }) =>
    [event, uri?.slice(uri.lastIndexOf("/") + 1), errorCode].filter(Boolean).join(" "),
  );

test("the beginning is logged before the work, and its end with time and bytes after it", async () => {
  const bench = openBench();
  const result = await bench.run(upload, async (operation) => {
    assert.deepEqual(bench.log.events, [
      { id: "op-1", commandId: "upload:c", ...upload, event: "started", at: 1_000 },
    ]);
    bench.now += 1_234;
    operation.tell({ bytes: 4_100 });
    operation.tell({ contentId: "c1" });
    return operation.id;
  });
  assert.equal(result, "op-1");
  assert.deepEqual(bench.log.events[1], {
    id: "op-1",
    commandId: "upload:c",
    ...upload,
    event: "completed",
    at: 2_234,
    durationMs: 1_234,
    bytes: 4_100,
    contentId: "c1",
  });
  assert.equal(bench.log.events.length, 2);
});

const failures: readonly (readonly [unknown, string])[] = [
  [new ContextError("provider-busy", "busy"), "provider-busy"],
  [new DOMException("stop", "AbortError"), "cancelled"],
  [new TypeError("a defect"), "unexpected"],
  ["thrown text", "unexpected"],
];
for (const [thrown, code] of failures) {
  test(`work that fails with ${String(thrown)} is logged as ${code}, and fails as it did`, async () => {
    const bench = openBench();
    const running = bench.run(upload, () => Promise.reject(thrown as Error));
    await assert.rejects(running, (error) => error === thrown);
    assert.deepEqual(told(bench), ["started sales.csv", `failed sales.csv ${code}`]);
  });
}

test("work can end as another kind, and as a failure without throwing", async () => {
  const bench = openBench();
  await bench.run(upload, async (operation) => operation.tell({ kind: "dedup" }));
  assert.equal(bench.log.events[1]?.kind, "dedup");
  await bench.run(upload, async (operation) => operation.tell({ errorCode: "cancelled" }));
  assert.deepEqual(told(bench).slice(2), ["started sales.csv", "failed sales.csv cancelled"]);
});

test("a second attempt is logged when it begins, and counted in the end", async () => {
  const bench = openBench();
  await bench.run(upload, async (operation) => {
    bench.now += 10;
    await operation.retry("provider-busy");
    assert.equal(bench.log.events.length, 2);
    bench.now += 10;
  });
  assert.deepEqual(
    bench.log.events.map(({ event, attempt, durationMs, errorCode }) => {
      return { event, attempt, durationMs, errorCode };
    }),
    [
      { event: "started", attempt: undefined, durationMs: undefined, errorCode: undefined },
      { event: "retry", attempt: 2, durationMs: 10, errorCode: "provider-busy" },
      { event: "completed", attempt: 2, durationMs: 20, errorCode: undefined },
    ],
  );
});

test("each of several files has an event of its own before the end, which is about none", async () => {
  const bench = openBench();
  await bench.run({ kind: "metadata_change", sessionId: "s" }, async (operation) => {
    operation.file({ uri: "file:///work/a" });
    operation.file({ uri: "file:///work/b", errorCode: "file-missing", bytes: 3 });
  });
  assert.deepEqual(told(bench), ["started", "completed a", "failed b file-missing", "completed"]);
  assert.equal(bench.log.events[2]?.bytes, 3);
  assert.ok(bench.log.events.every(({ id, sessionId }) => id === "op-1" && sessionId === "s"));
});

test("files share the failure of their operation; the only file is the operation's own", async () => {
  const bench = openBench();
  const failing = bench.run({ kind: "access" }, async (operation) => {
    operation.file({ uri: "file:///work/a" });
    throw new ContextError("provider-rejected", "no");
  });
  await assert.rejects(failing);
  assert.deepEqual(told(bench).slice(1), [
    "failed a provider-rejected",
    "failed provider-rejected",
  ]);
  await bench.run(upload, async (operation) => operation.file({ uri: upload.uri ?? "", bytes: 7 }));
  assert.deepEqual(told(bench).slice(3), ["started sales.csv", "completed sales.csv"]);
  assert.equal(bench.log.events.at(-1)?.bytes, 7);
});

test("10,000 files are one operation, appended twice", async () => {
  const bench = openBench();
  const files = Array.from({ length: 10_000 }, (_, index) => fileAt(`file:///work/${index}`));
  let worked = 0;
  const work = async (): Promise<void> => void worked++;
  await runOnFiles(bench.run, "evict", files, work);
  assert.equal(bench.log.appends, 2);
  assert.equal(bench.log.events.length, 10_002);
  await runOnFiles(bench.run, "evict", files.slice(0, 1), work);
  assert.deepEqual(told(bench).slice(10_002), ["started 0", "completed 0"]);
  await runOnFiles(bench.run, "evict", [], work);
  assert.equal(bench.log.appends, 4);
  assert.equal(worked, 2);
});

function fileAt(uri: string): SessionFile {
  const rest = { id: uri, role: "file", pinned: false, evicted: false, position: 0 } as const;
  return { ...rest, uri, sessionId: "s", contentId: "c", disk: "fresh", context: "out" };
}

test("a log that cannot be written does not touch the work", async () => {
  const log = { append: () => Promise.reject(new Error("disk full")) };
  const context = { subject: upload, commandId: "c", now: Date.now, newId: () => "id" };
  assert.equal(await runOperation(log, context, async () => "done"), "done");
  const failing = runOperation(log, context, async (operation) => {
    await operation.retry("provider-busy");
    throw new RangeError("the work's own");
  });
  await assert.rejects(failing, RangeError);
});

const addresses: readonly (readonly [string, string])[] = [
  ["file:///work/a%20b.csv?x#y", "file:///work/a%20b.csv?x#y"],
  ["https://ada:pw@host/a.csv?token=canary#canary", "https://host/a.csv"],
  ["data:text/plain,canary", "data:"],
  ["untitled:canary", "untitled:"],
  ["https://host/two\nlines?canary", "https://host/two\nlines"],
  ["canary", ":"],
];
for (const [uri, logged] of addresses) {
  test(`of ${JSON.stringify(uri)} no more is logged than ${JSON.stringify(logged)}`, async () => {
    const bench = openBench();
    await bench.run({ kind: "metadata_change", uri }, async () => undefined);
    await bench.run({ kind: "metadata_change" }, async (operation) => operation.file({ uri }));
    const uris = bench.log.events.flatMap((event) => event.uri ?? []);
    assert.deepEqual(uris, [logged, logged, logged]);
  });
}

const codes = ["provider-busy", "file-missing", "store-unavailable"] as const;
const work = fc.record({
  single: fc.boolean(),
  files: fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 4 }),
  retries: fc.integer({ min: 0, max: 3 }),
  told: fc.option(fc.constantFrom(...codes), { nil: undefined }),
  thrown: fc.option(
    fc.constantFrom<unknown>(
      ...codes.map((code) => new ContextError(code, "")),
      new DOMException("", "AbortError"),
      new Error("defect"),
    ),
    { nil: undefined },
  ),
  takes: fc.integer({ min: -5, max: 50 }),
});

test("whatever works do, one after the other or at once, every beginning has exactly one end", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(work, { maxLength: 8 }), fc.boolean(), async (works, atOnce) => {
      const bench = openBench();
      const runs = works.map((each) => async () => {
        const subject = { kind: "sync", ...(each.single && { uri: "file:///a" }) } as const;
        await bench
          .run(subject, async (operation) => {
            for (const name of each.files) operation.file({ uri: `file:///${name}` });
            for (let retry = 0; retry < each.retries; retry++)
              await operation.retry("provider-busy");
            bench.now += each.takes;
            operation.tell({ errorCode: each.told });
            if (each.thrown !== undefined) throw each.thrown as Error;
          })
          .catch(() => undefined);
      });
      if (atOnce) await Promise.all(runs.map((run) => run()));
      else for (const run of runs) await run();
      checkEnds(bench.log.events, works.length);
    }),
  );
});

function checkEnds(events: readonly OperationEvent[], expected: number): void {
  const beginnings = events.filter(({ event }) => event === "started");
  assert.equal(beginnings.length, expected);
  for (const { id, uri } of beginnings) {
    const own = events.filter((event) => event.id === id);
    assert.equal(own[0]?.event, "started");
    const ends = own.filter((each) => isEnd(each) && each.uri === uri);
    assert.equal(ends.length, 1);
    assert.equal(own.at(-1), ends[0]);
    assert.ok((ends[0]?.durationMs ?? -1) >= 0);
    assert.ok(
      own.every(
        ({ event, errorCode }) =>
          (event === "failed") === (errorCode !== undefined) || event === "retry",
      ),
    );
  }
}

function isEnd({ event }: OperationEvent): boolean {
  return event === "completed" || event === "failed";
}
