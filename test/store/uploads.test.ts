import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { openRegistry } from "./open-registry.ts";
import { claimRules, idOf, uploadOf } from "./samples.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const leaseMs = 60_000;
const rules = claimRules(leaseMs);

test("the first claim of a key gets it, the second is told who holds it", async (t) => {
  const registry = openRegistry(t, temporaryFolder());
  const first = uploadOf("one", { state: "planned" });
  assert.deepEqual(await registry.claimUpload(first, 1, rules), { kind: "claimed", upload: first });
  assert.deepEqual(await registry.claimUpload(uploadOf("two"), 1, rules), {
    kind: "held",
    upload: first,
  });
});

test("a claim is stored as planned, whatever the caller says", async (t) => {
  const registry = openRegistry(t, temporaryFolder());
  const claim = await registry.claimUpload(uploadOf("one", { state: "ready" }), 1, rules);
  assert.ok(claim.kind === "claimed");
  assert.equal(claim.upload.state, "planned");
});

test("each part of the key makes another upload", async (t) => {
  const registry = openRegistry(t, temporaryFolder());
  const parts = ["contentId", "provider", "baseUrl", "account", "purpose", "mediaType"] as const;
  await registry.claimUpload(uploadOf("same"), 1, rules);
  for (const part of parts) {
    const claim = await registry.claimUpload(uploadOf(part, { [part]: "other" }), 1, rules);
    assert.equal(claim.kind, "claimed", part);
  }
  assert.equal((await registry.uploads({})).length, 7);
  assert.deepEqual(
    (await registry.uploads({ provider: "other" })).map(({ id }) => id),
    ["provider"],
  );
});

for (const state of ["ready", "unknown", "failed", "gone"] as const) {
  const isLive = state === "ready" || state === "unknown";
  test(`an upload that is ${state} ${isLive ? "holds" : "frees"} its key`, async (t) => {
    const registry = openRegistry(t, temporaryFolder());
    await registry.claimUpload(uploadOf("one"), 1, rules);
    await registry.changeUpload("one", { state, providerFileId: "file-1", expiresAt: 5 });
    const claim = await registry.claimUpload(uploadOf("two", { startedAt: 2_000_000 }), 1, rules);
    assert.equal(claim.kind, isLive ? "held" : "claimed");
    const [newest] = await registry.uploads({ provider: "openai" });
    assert.equal(newest?.id, isLive ? "one" : "two");
    if (isLive)
      assert.deepEqual(newest, {
        ...uploadOf("one"),
        state,
        providerFileId: "file-1",
        expiresAt: 5,
      });
  });
}

for (const [state, end] of [
  ["sending", "unknown"],
  ["planned", "failed"],
] as const) {
  test(`a ${state} upload is ${end} when its lease is over, not before`, async (t) => {
    const registry = openRegistry(t, temporaryFolder());
    const first = uploadOf("one", { state });
    await registry.claimUpload(first, 1, rules);
    await registry.changeUpload("one", { state });
    const claimAt = (startedAt: number) =>
      registry.claimUpload(uploadOf("two", { startedAt }), 1, rules);
    const early = await claimAt(first.startedAt + leaseMs);
    assert.deepEqual(early, { kind: "held", upload: first });
    const late = await claimAt(first.startedAt + leaseMs + 1);
    // Of an upload that was only planned nothing was sent, so the way is free.
    assert.equal(late.kind, state === "sending" ? "held" : "claimed");
    const rows = await registry.uploads({});
    assert.equal(rows.find(({ id }) => id === "one")?.state, end);
  });
}

test("an account that asked to wait is not sent anything before", async (t) => {
  const registry = openRegistry(t, temporaryFolder());
  const first = uploadOf("one");
  await registry.claimUpload(first, 1, rules);
  const retryAt = first.startedAt + 90_000;
  await registry.changeUpload("one", { state: "retry-at", retryAt });
  const other = { contentId: idOf("other") };
  const early = uploadOf("two", { ...other, startedAt: retryAt - 1 });
  assert.deepEqual(await registry.claimUpload(early, 1, rules), { kind: "wait", until: retryAt });
  const elsewhere = uploadOf("three", { ...other, account: "other" });
  assert.equal((await registry.claimUpload(elsewhere, 1, rules)).kind, "claimed");
  const late = uploadOf("four", { ...other, startedAt: retryAt });
  assert.equal((await registry.claimUpload(late, 1, rules)).kind, "claimed");
});

test("caps count what was planned and sent, of one account, and tell when they end", async (t) => {
  const registry = openRegistry(t, temporaryFolder());
  const capped = claimRules(leaseMs, { filesPerMinute: 2, bytesPerDay: 10 });
  const claim = (id: string, change: Partial<ReturnType<typeof uploadOf>>, bytes = 1) =>
    registry.claimUpload(uploadOf(id, { contentId: idOf(id), ...change }), bytes, capped);
  assert.equal((await claim("a", {})).kind, "claimed");
  assert.equal((await claim("b", {})).kind, "claimed");
  const { startedAt } = uploadOf("a");
  assert.deepEqual(await claim("c", {}), {
    kind: "capped",
    cap: "filesPerMinute",
    until: startedAt + 60_000,
  });
  assert.equal((await claim("d", { account: "other" })).kind, "claimed");
  const later = { startedAt: startedAt + 60_001 };
  assert.equal((await claim("e", later)).kind, "claimed");
  assert.equal((await claim("f", { startedAt: startedAt + 200_000 }, 11)).kind, "capped");
});

test("what is not settled is found by its account", async (t) => {
  const registry = openRegistry(t, temporaryFolder());
  const states = [
    "planned",
    "sending",
    "unknown",
    "removing",
    "retry-at",
    "ready",
    "failed",
    "gone",
  ] as const;
  for (const state of states) {
    await registry.claimUpload(uploadOf(state, { contentId: idOf(state) }), 1, rules);
    await registry.changeUpload(state, { state });
  }
  const { provider, baseUrl, account } = uploadOf("one");
  const open = async () =>
    (await registry.openUploads({ provider, baseUrl, account })).map(({ id }) => id);
  assert.deepEqual(await open(), states.slice(0, 5));
  await registry.changeUpload("ready", { inDoubt: true });
  assert.deepEqual(await open(), states.slice(0, 6));
  await registry.changeUpload("ready", { inDoubt: false });
  assert.deepEqual(await open(), states.slice(0, 5));
  assert.deepEqual(await registry.openUploads({ provider, baseUrl, account: "other" }), []);
});

test("an upload cannot come back to life beside the one that took its place", async (t) => {
  const registry = openRegistry(t, temporaryFolder());
  await registry.claimUpload(uploadOf("one"), 1, rules);
  await registry.changeUpload("one", { state: "failed" });
  await registry.claimUpload(uploadOf("two"), 1, rules);
  await assert.rejects(registry.changeUpload("one", { state: "ready" }), {
    code: "upload-unfinished",
  });
  await registry.changeUpload("gone", { state: "ready" });
  assert.deepEqual((await registry.uploads({})).map(({ state }) => state).toSorted(), [
    "failed",
    "planned",
  ]);
});

test(
  "of four processes that claim the same keys, exactly one gets each",
  { timeout: 60_000 },
  async (t) => {
    const folder = temporaryFolder();
    const keys = 150;
    const children = Array.from({ length: 4 }, () =>
      fork(new URL("./children/claim.ts", import.meta.url), [folder, String(keys)], {
        execArgv: [],
      }),
    );
    t.after(() => children.forEach((child) => child.kill("SIGKILL")));
    // The database does not exist yet: the processes also race to create it.
    await Promise.all(children.map((child) => once(child, "message")));
    const answers = children.map((child) => once(child, "message"));
    for (const child of children) child.send("go");
    const claimed = (await Promise.all(answers)).flatMap(
      ([keysClaimed]) => keysClaimed as string[],
    );
    assert.equal(claimed.length, keys);
    assert.equal(new Set(claimed).size, keys);
    const rows = await openRegistry(t, folder).uploads({});
    assert.equal(rows.length, keys);
  },
);
