import assert from "node:assert/strict";
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { hostname } from "node:os";
import { test, type TestContext } from "node:test";
import { setTimeout } from "node:timers/promises";
import type { OperationEvent } from "../../src/core/operations/operation.ts";
import { openDatabase, type Database } from "../../src/store/database.ts";
import { append, operations, resolveInterrupted } from "../../src/store/operations.ts";
import { openRegistry } from "./open-registry.ts";
import { eventOf, idOf, sessionOf } from "./samples.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const day = 24 * 3_600_000;

function open(t: TestContext, folder: string = temporaryFolder(), owner?: string): Database {
  const database = openDatabase(folder, owner === undefined ? {} : { owner });
  t.after(() => database.close());
  return database;
}

const ids = (events: readonly OperationEvent[]): string => events.map(({ id }) => id).join(" ");

function endOf(id: string, change: Partial<OperationEvent> = {}): OperationEvent {
  return eventOf(id, { event: "completed", durationMs: 5, ...change });
}

test("what was logged is there after the registry was closed and opened, newest first", async (t) => {
  const folder = temporaryFolder();
  const first = openRegistry(t, folder);
  const full = endOf("one", { bytes: 3, attempt: 2, contentId: idOf("a"), kind: "dedup" });
  const failed = eventOf("two", { event: "failed", errorCode: "key-rejected" });
  const { uri: _, sessionId: __, provider: ___, ...bare } = eventOf("three");
  await first.append([eventOf("one")]);
  await first.append([full, failed]);
  await first.append([]);
  await first.append([bare]);
  await first.close();
  const events = await openRegistry(t, folder).operations({});
  assert.deepEqual(events, [bare, failed, full, eventOf("one")]);
});

test("events are found by operation, by file and by session, and as many as were asked for", (t) => {
  const database = open(t);
  const other = { uri: "file:///work/b.txt", sessionId: "other" };
  append(database, [eventOf("one"), eventOf("two", other), endOf("two", other), endOf("one")]);
  assert.equal(ids(operations(database, { id: "two" })), "two two");
  assert.equal(ids(operations(database, { uri: "file:///work/a.txt" })), "one one");
  assert.equal(ids(operations(database, { sessionId: "other", limit: 1 })), "two");
  assert.equal(ids(operations(database, { sessionId: "s", uri: other.uri })), "");
  assert.deepEqual(operations(database, { limit: 1 }), [endOf("one")]);
});

test("of each operation the last event can be asked for alone: that of a file, if one is named", (t) => {
  const database = open(t);
  const session = { uri: undefined, kind: "evict" } as const;
  append(database, [eventOf("many", session), eventOf("one")]);
  append(database, [
    endOf("many", { kind: "evict" }),
    endOf("many", { kind: "evict", uri: "file:///work/b.txt" }),
    endOf("many", session),
  ]);
  const last = (filter: object) =>
    operations(database, { ...filter, lastOnly: true }).map((event) => [
      event.id,
      event.event,
      event.uri?.slice(-5),
    ]);
  assert.deepEqual(last({}), [
    ["many", "completed", undefined],
    ["one", "started", "a.txt"],
  ]);
  assert.deepEqual(last({ limit: 1 }), [["many", "completed", undefined]]);
  assert.deepEqual(last({ uri: "file:///work/a.txt" }), [
    ["many", "completed", "a.txt"],
    ["one", "started", "a.txt"],
  ]);
});

test("an append is all or nothing", (t) => {
  const database = open(t);
  const impossible = eventOf("two", { at: 1.5 });
  assert.throws(() => append(database, [eventOf("one"), impossible]));
  assert.deepEqual(operations(database, {}), []);
});

test("logging tells no listener of this window, and what it does with the registry is told as before", async (t) => {
  const registry = openRegistry(t, temporaryFolder());
  let told = 0;
  registry.onDidChange(() => told++);
  await registry.append([eventOf("one")]);
  await registry.resolveInterrupted(2_000_000 + day);
  await setTimeout(600);
  assert.equal(told, 0);
  await registry.createSession(sessionOf("s"));
  assert.equal(told, 1);
});

test("a full log loses its oldest events and stays at about 20 MB", { timeout: 60_000 }, (t) => {
  const database = open(t);
  const folders = Array.from({ length: 3_000 }, (_, index) => `region%20${index}/quarterly`);
  const events = Array.from({ length: 5_000 }, (_, index) =>
    endOf(crypto.randomUUID(), {
      commandId: `upload:${crypto.randomUUID()}`,
      sessionId: crypto.randomUUID(),
      uri: `file:///home/somebody/projects/sales/${folders[index % 3_000] ?? ""}/sales.csv`,
      contentId: idOf(String(index)),
      bytes: 123_456,
    }),
  );
  for (let attempt = 0; attempt < 10; attempt++) {
    for (const event of events) Object.assign(event, { attempt });
    append(database, events);
  }
  append(database, [eventOf("last")]);
  const rows = operations(database, {});
  assert.ok(rows.length >= 40_000 && rows.length < 41_000, `${rows.length} rows`);
  assert.equal(rows[0]?.id, "last");
  assert.equal(rows.at(-1)?.attempt, 2);
  const pages = database.prepareForAll("pragma page_count").get()?.["page_count"];
  const free = database.prepareForAll("pragma freelist_count").get()?.["freelist_count"];
  const megabytes = ((Number(pages) - Number(free)) * 4096) / 1_000_000;
  assert.ok(megabytes > 15 && megabytes < 24, `${megabytes} MB`);
});

test("operations of dead processes are ended as interrupted; those of living ones go on", async (t) => {
  const folder = temporaryFolder();
  const begin = async (id: string): Promise<ChildProcess> => {
    const child = fork(new URL("./children/begin-operation.ts", import.meta.url), [folder, id], {
      execArgv: [],
    });
    t.after(() => child.kill("SIGKILL"));
    await once(child, "message");
    return child;
  };
  const registry = openRegistry(t, folder);
  await registry.append([eventOf("own"), eventOf("own, ended"), endOf("own, ended")]);
  const dead = await begin("dead");
  await begin("alive");
  assert.deepEqual(await registry.resolveInterrupted(1_500_000), []);
  dead.kill("SIGKILL");
  await once(dead, "exit");
  const interrupted = eventOf("dead", { event: "failed", at: 1_500_000, errorCode: "interrupted" });
  assert.deepEqual(await registry.resolveInterrupted(1_500_000), [interrupted]);
  assert.deepEqual(await registry.operations({ limit: 1 }), [interrupted]);
  assert.deepEqual(await registry.resolveInterrupted(1_500_000), [], "once");
  const late = await registry.resolveInterrupted(1_000_001 + day);
  assert.equal(ids(late), "own alive", "after a day nothing goes on");
});

const processes: readonly (readonly [string, boolean])[] = [
  [`${hostname()}:${process.pid}`, false],
  [`${hostname()}:${process.ppid}`, false],
  [`${hostname()}:not-a-number`, true],
  [hostname(), false],
  [`elsewhere:${process.pid}`, false],
  ["elsewhere:99999999", false],
  ["fe80::1:99999999", false],
];
for (const [name, isInterrupted] of processes) {
  test(`an operation of ${name.replace(hostname(), "this host")} ${isInterrupted ? "is interrupted" : "goes on for a day"}`, (t) => {
    const database = open(t);
    append(database, [eventOf("one")]);
    database.write(() => database.prepareForAll("update operations set process = ?").run(name));
    const within = resolveInterrupted(database, 1_000_000 + day);
    assert.equal(ids(within), isInterrupted ? "one" : "");
    const after = resolveInterrupted(database, 1_000_001 + day);
    assert.equal(ids(after), isInterrupted ? "" : "one");
  });
}

test("an operation on several files is interrupted unless its own end is there", (t) => {
  const database = open(t);
  const whole = { uri: undefined };
  append(database, [eventOf("cut", whole), endOf("cut"), eventOf("done", whole), endOf("done")]);
  append(database, [endOf("done", whole), eventOf("retried", { uri: "file:///b" })]);
  append(database, [eventOf("retried", { uri: "file:///b", event: "retry", attempt: 2 })]);
  const events = resolveInterrupted(database, 3_000_000 + day);
  assert.deepEqual(
    events.map(({ id, uri }) => [id, uri]),
    [
      ["cut", undefined],
      ["retried", "file:///b"],
    ],
  );
});

test("each owner has a log of its own", (t) => {
  const folder = temporaryFolder();
  const [ada, eve] = [open(t, folder, "ada"), open(t, folder, "eve")];
  append(ada, [eventOf("same")]);
  append(eve, [endOf("same"), eventOf("hers")]);
  assert.equal(ids(operations(ada, {})), "same");
  assert.deepEqual(operations(ada, { id: "same", lastOnly: true }), [eventOf("same")]);
  assert.equal(ids(operations(ada, { uri: "file:///work/a.txt" })), "same");
  assert.equal(ids(resolveInterrupted(ada, 1_000_001 + day)), "same");
  assert.equal(ids(operations(eve, {})), "hers same");
  for (let round = 0; round < 45; round++) {
    append(
      eve,
      Array.from({ length: 1_000 }, () => eventOf("hers")),
    );
  }
  assert.equal(ids(operations(ada, {})), "same same", "pruning keeps to its owner");
});
