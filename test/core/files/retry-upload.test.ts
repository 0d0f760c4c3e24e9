import assert from "node:assert/strict";
import { test } from "node:test";
import { ContextError } from "../../../src/core/errors.ts";
import { removeUpload } from "../../../src/core/files/remove-upload.ts";
import { createRetryBudget, retryDelay } from "../../../src/core/resilience/retry.ts";
import { openBench } from "./shaky-bench.ts";
import { busy, refusal, trouble } from "./shaky-provider.ts";

const signal = new AbortController().signal;

test("a server in trouble is asked three times at most, and told each time", async (t) => {
  const bench = await openBench(t);
  bench.faults.push(trouble(false), trouble(false));
  assert.equal((await bench.upload()).kind, "uploaded");
  assert.equal(bench.requests.length, 3);
  assert.deepEqual(bench.retried, ["provider-unreachable", "provider-unreachable"]);
  assert.equal(new Set(bench.requests.map(({ name }) => name)).size, 1, "all carry one tag");
  bench.faults.push(trouble(false), trouble(false), trouble(false), trouble(false));
  await bench.parts.add({ "b.md": "other" });
  await assert.rejects(bench.upload("b.md"), { code: "provider-unreachable" });
  assert.equal(bench.requests.length, 6);
  assert.equal(await bench.states(), "unknown ready");
});

test("a file that was stored although the reply was lost is not sent again", async (t) => {
  const bench = await openBench(t);
  bench.faults.push(trouble(true));
  assert.equal((await bench.upload()).kind, "uploaded");
  assert.equal(bench.requests.length, 1);
  assert.equal(await bench.states(), "ready");
});

test("a slow upload is not tried again when another window could take it for dead", async (t) => {
  const bench = await openBench(t);
  const { files } = bench.provider;
  const upload = files.upload.bind(files);
  files.upload = async (...request) => {
    bench.now += 6 * 60_000;
    return upload(...request);
  };
  bench.faults.push(trouble(false));
  await assert.rejects(bench.upload(), { code: "provider-unreachable" });
  assert.equal(bench.requests.length, 1);
});

test("what the provider refuses is not tried again", async (t) => {
  const bench = await openBench(t);
  for (const code of ["quota-exceeded", "provider-rejected"] as const) {
    bench.faults.push(refusal(code));
    await assert.rejects(bench.upload(), { code });
  }
  assert.equal(bench.requests.length, 2);
  assert.equal(await bench.states(), "failed failed");
});

test("a short wait that the provider asks for is kept, a long one is kept across restarts", async (t) => {
  const bench = await openBench(t);
  bench.faults.push(busy(7_000));
  assert.equal((await bench.upload()).kind, "uploaded");
  assert.deepEqual(bench.waits, [7_000]);
  await bench.parts.add({ "b.md": "other" });
  bench.faults.push(busy(3_600_000));
  await assert.rejects(bench.upload("b.md"), { code: "provider-busy" });
  assert.deepEqual(bench.waits, [7_000], "an hour is not waited for in the call");
  bench.now += 3_599_999;
  await assert.rejects(bench.upload("b.md"), { code: "provider-busy", message: /b\.md/u });
  assert.equal(bench.requests.length, 3, "nothing was sent before its time");
  bench.now += 1;
  assert.equal((await bench.upload("b.md")).kind, "uploaded");
});

test("a copy that a server stores late is found and removed, and only that", async (t) => {
  const bench = await openBench(t);
  bench.faults.push(trouble(true));
  bench.hidden = 1;
  assert.equal((await bench.upload()).kind, "uploaded");
  bench.hidden = 0;
  assert.equal(bench.held.length, 2, "the list lagged behind");
  const foreign = { id: "theirs", name: "report.stc-0123456789ab-abcdef.pdf" };
  bench.held.push(foreign);
  const { deleted } = await bench.sweep();
  assert.deepEqual(
    deleted.map(({ id }) => id),
    ["file-1"],
  );
  const [row] = await bench.parts.registry.uploads({});
  assert.deepEqual(
    bench.held.map(({ id }) => id),
    [row?.providerFileId, "theirs"],
  );
});

test("a sweep adopts what a dead window has stored, closes what it has not, and asks nothing where nothing is open", async (t) => {
  const bench = await openBench(t);
  bench.faults.push({ stored: true, error: new DOMException("gone", "AbortError") });
  await assert.rejects(bench.upload(), { name: "AbortError" });
  await bench.parts.add({ "b.md": "other" });
  bench.faults.push({ stored: false, error: new DOMException("gone", "AbortError") });
  await assert.rejects(bench.upload("b.md"), { name: "AbortError" });
  const { adopted, closed } = await bench.sweep();
  assert.deepEqual([adopted.length, closed.length], [1, 1]);
  assert.equal(await bench.states(), "failed ready");
  bench.now += 2 * 3_600_000;
  await bench.sweep();
  let asked = 0;
  Object.assign(bench.provider.files, { list: async () => (asked++, []) });
  await bench.sweep();
  assert.equal(asked, 0);
});

test("a deletion that fails is made up for by a sweep", async (t) => {
  const bench = await openBench(t);
  await bench.upload();
  const [row] = await bench.parts.registry.uploads({});
  assert.ok(row);
  const { files } = bench.provider;
  const broken = {
    ...bench.provider,
    files: {
      ...files,
      delete: () => Promise.reject(new ContextError("provider-unreachable", "no answer")),
    },
  };
  const { registry } = bench.parts;
  await assert.rejects(removeUpload({ registry, provider: broken }, row, signal));
  assert.equal(await bench.states(), "removing");
  await bench.sweep();
  assert.equal(await bench.states(), "gone");
  assert.deepEqual(bench.held, []);
});

test("a file that another machine's upload made is let go, not deleted", async (t) => {
  const bench = await openBench(t);
  await bench.upload();
  const [row] = await bench.parts.registry.uploads({});
  assert.ok(row);
  const foreign = { ...row, remoteName: row.remoteName.replace(/-[0-9a-f]{6}\./u, "-000000.") };
  const { registry } = bench.parts;
  await removeUpload({ registry, provider: bench.provider }, foreign, signal);
  assert.deepEqual(bench.deleted, []);
  assert.equal(await bench.states(), "gone");
});

test("where equal bytes are one file, no doubt of one upload deletes what another relies on", async (t) => {
  const bench = await openBench(t);
  bench.storesOnce = true;
  bench.hidden = 1;
  bench.faults.push(trouble(true), trouble(true), trouble(true));
  await assert.rejects(bench.upload());
  await bench.sweep();
  assert.equal(await bench.states(), "failed");
  const outcome = await bench.upload();
  assert.equal(outcome.kind, "uploaded");
  bench.hidden = 0;
  await bench.sweep();
  assert.equal(await bench.states(), "ready failed");
  assert.deepEqual([bench.held.length, bench.deleted], [1, []]);
  const [row] = await bench.parts.registry.uploads({});
  assert.ok(row);
  await removeUpload({ registry: bench.parts.registry, provider: bench.provider }, row, signal);
  assert.deepEqual(bench.held, [], "the file was made by this machine and nothing needs it");
});

test("where equal bytes are one file, another tool's is used as it is, and never deleted", async (t) => {
  const bench = await openBench(t);
  bench.storesOnce = true;
  const { content } = await bench.parts.file("a.md");
  const theirs = { id: "theirs", name: "a.md", contentId: content.contentId, createdAt: 1 };
  bench.held.push(theirs);
  assert.equal((await bench.upload()).kind, "uploaded");
  const [row] = await bench.parts.registry.uploads({});
  assert.equal(row?.providerFileId, "theirs");
  await removeUpload({ registry: bench.parts.registry, provider: bench.provider }, row, signal);
  assert.equal(await bench.states(), "gone");
  assert.deepEqual([bench.held, bench.deleted], [[theirs], []]);
});

test("an account has ten retries a minute, whatever goes wrong", () => {
  const budget = createRetryBudget();
  const taken = Array.from({ length: 20 }, (_, second) => budget.take(second * 1_000));
  assert.equal(taken.filter(Boolean).length, 10);
  assert.equal(budget.take(60_001), true);
});

test("waits grow with full jitter, and obey what the provider asks for", () => {
  const error = new ContextError("provider-unreachable", "no answer");
  const longest = [1, 2].map((attempt) => retryDelay(error, attempt, () => 1));
  assert.deepEqual(longest, [1_000, 2_000]);
  assert.equal(
    retryDelay(error, 1, () => 0),
    0,
  );
  assert.equal(
    retryDelay(error, 3, () => 1),
    undefined,
  );
  const asked = new ContextError("provider-busy", "wait", { retryAfter: 5_000 });
  assert.equal(
    retryDelay(asked, 1, () => 0),
    5_000,
  );
  assert.equal(
    retryDelay(new Error("a defect"), 1, () => 1),
    undefined,
  );
});
