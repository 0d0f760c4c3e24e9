import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { openRegistry } from "./open-registry.ts";
import { uploadOf } from "./samples.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const leaseMs = 60_000;

test("the first claim of a key gets it, the second is told who holds it", async (t) => {
  const registry = openRegistry(t, temporaryFolder());
  const first = uploadOf("one");
  assert.deepEqual(await registry.claimUpload(first, leaseMs), { kind: "claimed", upload: first });
  assert.deepEqual(await registry.claimUpload(uploadOf("two"), leaseMs), {
    kind: "held",
    upload: first,
  });
});

test("a claim is stored as sending, whatever the caller says", async (t) => {
  const registry = openRegistry(t, temporaryFolder());
  const { upload } = await registry.claimUpload(uploadOf("one", { state: "ready" }), leaseMs);
  assert.equal(upload.state, "sending");
});

test("each part of the key makes another upload", async (t) => {
  const registry = openRegistry(t, temporaryFolder());
  const parts = ["contentId", "provider", "baseUrl", "account", "purpose", "mediaType"] as const;
  await registry.claimUpload(uploadOf("same"), leaseMs);
  for (const part of parts) {
    const claim = await registry.claimUpload(uploadOf(part, { [part]: "other" }), leaseMs);
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
    await registry.claimUpload(uploadOf("one"), leaseMs);
    await registry.changeUpload("one", { state, providerFileId: "file-1", expiresAt: 5 });
    const claim = await registry.claimUpload(uploadOf("two", { startedAt: 2_000_000 }), leaseMs);
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

test("a sending upload turns unknown when its lease is over, not before", async (t) => {
  const registry = openRegistry(t, temporaryFolder());
  const first = uploadOf("one");
  await registry.claimUpload(first, leaseMs);
  const claimAt = (startedAt: number) =>
    registry.claimUpload(uploadOf("two", { startedAt }), leaseMs);
  assert.equal((await claimAt(first.startedAt + leaseMs)).upload.state, "sending");
  const late = await claimAt(first.startedAt + leaseMs + 1);
  assert.deepEqual(late, { kind: "held", upload: { ...first, state: "unknown" } });
  assert.deepEqual(await registry.uploads({}), [{ ...first, state: "unknown" }]);
});

test("an upload cannot come back to life beside the one that took its place", async (t) => {
  const registry = openRegistry(t, temporaryFolder());
  await registry.claimUpload(uploadOf("one"), leaseMs);
  await registry.changeUpload("one", { state: "failed" });
  await registry.claimUpload(uploadOf("two"), leaseMs);
  await assert.rejects(registry.changeUpload("one", { state: "ready" }), {
    code: "upload-unfinished",
  });
  await registry.changeUpload("gone", { state: "ready" });
  assert.deepEqual((await registry.uploads({})).map(({ state }) => state).toSorted(), [
    "failed",
    "sending",
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
