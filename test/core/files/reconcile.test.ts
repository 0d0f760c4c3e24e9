import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import {
  cleanUp,
  compareAccount,
  planCleanup,
  reconcile,
  type Comparison,
} from "../../../src/core/files/reconcile.ts";
import { removeUpload } from "../../../src/core/files/remove-upload.ts";
import { carriesTag } from "../../../src/core/files/remote-name.ts";
import { uploadFile } from "../../../src/core/files/upload.ts";
import { impatient, noCaps } from "../../fixtures/upload-parts.ts";
import { answering, maxBytes, openParts, type TestParts } from "../../fixtures/parts.ts";
import { createShakyProvider, type ShakyProvider } from "./shaky-provider.ts";

const signal = new AbortController().signal;
const day = 24 * 3_600_000;

interface Bench extends ShakyProvider {
  readonly parts: TestParts;
  readonly own: ReturnType<typeof impatient> &
    Pick<ShakyProvider, "provider"> &
    Pick<TestParts, "registry">;
  now: number;
  upload(name: string): Promise<void>;
  compare(): Promise<Comparison>;
}

async function openBench(t: TestContext, ...names: readonly string[]): Promise<Bench> {
  const parts = await openParts(t);
  await parts.add(Object.fromEntries(names.map((name) => [name, `text of ${name}`])));
  const shaky = createShakyProvider(() => bench.now);
  const { registry } = parts;
  const own = { ...impatient(), now: () => bench.now, provider: shaky.provider, registry };
  const bench: Bench = Object.assign(shaky, {
    parts,
    own,
    now: 1_800_000_000_000,
    upload: async (name: string) => {
      const { file } = await parts.file(name);
      const { confirm } = answering(true);
      await uploadFile({ ...parts, ...own, confirm }, file, { maxBytes, caps: noCaps }, signal);
    },
    compare: async () => compareAccount(own, (await parts.view()).files, signal),
  });
  for (const name of names) await bench.upload(name);
  return bench;
}

test("an account in order has nothing to change", async (t) => {
  const bench = await openBench(t, "a.md", "b.md");
  const { matched, ghosts, duplicates, orphans, foreign } = await bench.compare();
  assert.equal(matched.length, 2);
  assert.deepEqual([ghosts, duplicates, orphans, foreign], [[], [], [], []]);
});

test("ghosts, duplicates, orphans and foreign files are told apart, and looking changes nothing", async (t) => {
  const bench = await openBench(t, "a.md", "b.md");
  const [first] = bench.held.splice(0, 1);
  const [second] = bench.held;
  assert.ok(first && second);
  bench.held.push(
    { ...second, id: "again" },
    { id: "orphan", name: "x.stc-0123456789ab-abcdef.md" },
    { id: "theirs", name: "theirs.md" },
  );
  const compared = await bench.compare();
  assert.deepEqual(
    compared.ghosts.map(({ providerFileId }) => providerFileId),
    [first.id],
  );
  assert.deepEqual(
    compared.duplicates.map(({ remote }) => remote.id),
    ["again"],
  );
  assert.deepEqual(
    compared.orphans.map(({ id }) => id),
    ["orphan"],
  );
  assert.deepEqual(
    compared.foreign.map(({ id }) => id),
    ["theirs"],
  );
  assert.deepEqual(bench.deleted, []);
});

test("what was chosen is done, and the next comparison proves it", async (t) => {
  const bench = await openBench(t, "a.md", "b.md");
  bench.held.splice(0, 1);
  const [second] = bench.held;
  assert.ok(second);
  bench.held.push({ ...second, id: "again" }, { id: "theirs", name: "theirs.md" });
  const { ghosts, duplicates } = await bench.compare();
  await reconcile(bench.own, { forget: ghosts, remove: duplicates, adopt: [] }, signal);
  const proof = await bench.compare();
  assert.deepEqual([proof.ghosts, proof.duplicates], [[], []]);
  assert.equal(proof.foreign.length, 1);
  assert.deepEqual(bench.deleted, ["again"]);
});

test("uploads of a lost store are adopted by their tag, and can be removed then", async (t) => {
  const bench = await openBench(t, "a.md");
  const other = await openBench(t);
  await other.parts.add({ "copy.md": "text of a.md" });
  other.held.push(...bench.held);
  const compared = await other.compare();
  assert.deepEqual(
    compared.candidates.map(({ evidence }) => evidence),
    ["tag"],
  );
  await reconcile(other.own, { forget: [], remove: [], adopt: compared.candidates }, signal);
  const [row] = await other.parts.registry.uploads({});
  assert.equal(row?.state, "ready");
  assert.ok(carriesTag(row.remoteName, row.contentId, row.id));
  assert.equal((await other.compare()).matched.length, 1);
  await other.upload("copy.md");
  assert.equal(other.requests.length, 0, "it need not be sent again");
  const doomed = planCleanup([row], "all", other.now, day).map((upload) => ({
    remove: () => removeUpload(other.own, upload, signal),
  }));
  assert.deepEqual(await cleanUp(doomed, signal), []);
  assert.deepEqual(other.held, []);
});

test("another tool's upload is adopted by name and size, or by its hash, and never deleted", async (t) => {
  const bench = await openBench(t);
  await bench.parts.add({ "a.md": "text", "b.md": "more text" });
  const { content } = await bench.parts.file("b.md");
  bench.held.push(
    { id: "one", name: "a.md", bytes: 4 },
    { id: "two", name: "other name", contentId: content.contentId },
    { id: "three", name: "a.md", bytes: 5 },
  );
  const { candidates, foreign } = await bench.compare();
  assert.equal(foreign.length, 3);
  assert.deepEqual(
    candidates.map(({ remote, evidence }) => [remote.id, evidence]),
    [
      ["one", "name-and-size"],
      ["two", "hash"],
    ],
  );
  await reconcile(bench.own, { forget: [], remove: [], adopt: candidates }, signal);
  const rows = await bench.parts.registry.uploads({});
  assert.equal(rows.filter(({ state }) => state === "ready").length, 2);
  assert.deepEqual(planCleanup(rows, "all", bench.now, day), []);
});

test("a cleanup names what it would delete: all of ours, what has expired, what was not used for long", async (t) => {
  const bench = await openBench(t, "old.md", "new.md", "expired.md");
  const rows = async () => bench.parts.registry.uploads({});
  const named = async (name: string) =>
    (await rows()).find(({ remoteName }) => remoteName.startsWith(name)) ?? assert.fail(name);
  await bench.parts.registry.changeUpload((await named("expired")).id, { expiresAt: bench.now });
  bench.now += 10 * day;
  await bench.parts.registry.changeUpload((await named("new")).id, { verifiedAt: bench.now });
  const plan = async (kind: Parameters<typeof planCleanup>[1]) =>
    planCleanup(await rows(), kind, bench.now, 5 * day)
      .map(({ remoteName }) => remoteName.split(".")[0] ?? "")
      .toSorted((one, other) => one.localeCompare(other));
  assert.deepEqual(await plan("all"), ["expired", "new", "old"]);
  assert.deepEqual(await plan("expired"), ["expired"]);
  assert.deepEqual(await plan("unused"), ["expired", "old"]);
  assert.deepEqual(bench.deleted, [], "a plan deletes nothing");
});
