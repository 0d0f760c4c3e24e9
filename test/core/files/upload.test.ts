import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { ContextError } from "../../../src/core/errors.ts";
import { removeUpload } from "../../../src/core/files/remove-upload.ts";
import { uploadFile, type UploadOutcome } from "../../../src/core/files/upload.ts";
import type { ProviderWith } from "../../../src/core/ports/provider.ts";
import { createLocal } from "../../../src/providers/local.ts";
import { createFolder } from "../../../src/store/folder.ts";
import { capabilities } from "../../../src/providers/capabilities.ts";
import { impatient, noCaps } from "../../fixtures/upload-parts.ts";
import { answering, maxBytes, openParts, type TestParts } from "../../fixtures/parts.ts";

const signal = new AbortController().signal;
const hour = 3_600_000;

interface Bench {
  readonly parts: TestParts;
  readonly provider: ProviderWith<"files" | "chat">;
  /** Milliseconds since 1970, moved by the tests. */
  now: number;
  upload(
    name: string,
    options?: { provider?: ProviderWith<"files" | "chat">; allow?: boolean },
  ): Promise<UploadOutcome>;
  /** What the provider itself says it holds. */
  remote(): Promise<number>;
}

/** A session and the local provider, which stores for real. */
async function openBench(t: TestContext, files: Readonly<Record<string, string>>): Promise<Bench> {
  const parts = await openParts(t);
  await parts.add(files);
  const folder = await mkdtemp(join(tmpdir(), "satchel-local-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const provider = createLocal({ folder: createFolder(folder) });
  const bench: Bench = {
    parts,
    provider,
    now: Date.now(),
    remote: async () => (await provider.files.list(signal)).length,
    upload: async (name, { provider: other = provider, allow = true } = {}) => {
      const { file } = await parts.file(name);
      const { confirm } = answering(allow);
      const uploadParts = {
        ...parts,
        ...impatient(),
        provider: other,
        confirm,
        now: () => bench.now,
      };
      const options = { maxBytes, lifetime: 48 * hour, caps: noCaps };
      return uploadFile(uploadParts, file, options, signal);
    },
  };
  return bench;
}

/** The same provider, but its uploads end in `failure` after (or before) the file is stored. */
function failing(
  provider: ProviderWith<"files" | "chat">,
  failure: Error,
  stored: boolean,
): ProviderWith<"files" | "chat"> {
  return {
    ...provider,
    files: {
      ...provider.files,
      upload: async (request, aborted) => {
        if (stored) await provider.files.upload(request, aborted);
        throw failure;
      },
    },
  };
}

const states = async ({ parts }: Bench): Promise<string> =>
  (await parts.registry.uploads({})).map(({ state }) => state).join(" ");

test("a file is uploaded once, with a tag in its name and an end to its life", async (t) => {
  const bench = await openBench(t, { "sales.csv": "a,b\n1,2\n" });
  const outcome = await bench.upload("sales.csv");
  assert.equal(outcome.kind, "uploaded");
  const [remote] = await bench.provider.files.list(signal);
  assert.match(remote?.name ?? "", /^sales\.stc-[0-9a-f]{12}-[0-9a-f]{6}\.csv$/u);
  const { providerFiles } = await bench.parts.file("sales.csv");
  assert.equal(providerFiles[0]?.providerFileId, remote?.id);
  assert.ok((providerFiles[0]?.expiresAt ?? 0) > bench.now + 47 * hour);
  assert.equal((await bench.upload("sales.csv")).kind, "already");
  assert.equal(await bench.remote(), 1);
});

test("two files with equal bytes make one upload", async (t) => {
  const bench = await openBench(t, { "a.csv": "same", "b.csv": "same", "c.csv": "other" });
  const kinds = [];
  for (const name of ["a.csv", "b.csv", "c.csv"]) kinds.push((await bench.upload(name)).kind);
  assert.deepEqual(kinds, ["uploaded", "already", "uploaded"]);
  assert.equal(await bench.remote(), 2);
});

test("what is recorded is the content that was sent, when the file changed since it was added", async (t) => {
  const bench = await openBench(t, { "a.md": "old" });
  await bench.parts.write("a.md", "new");
  const outcome = await bench.upload("a.md");
  assert.ok(outcome.kind === "uploaded");
  const { file } = await bench.parts.file("a.md");
  assert.equal(outcome.upload.contentId, file.contentId);
  assert.equal(file.disk, "fresh");
});

test("a lost reply is unknown, and the next upload finds the file instead of sending it again", async (t) => {
  const bench = await openBench(t, { "a.md": "text" });
  const lost = failing(bench.provider, new Error("connection reset"), true);
  await assert.rejects(bench.upload("a.md", { provider: lost }), /connection reset/u);
  assert.equal(await states(bench), "unknown");
  assert.equal((await bench.upload("a.md")).kind, "already");
  assert.equal(await bench.remote(), 1);
  assert.equal(await states(bench), "ready");
});

test("an unknown upload that the provider does not have is sent again", async (t) => {
  const bench = await openBench(t, { "a.md": "text" });
  const lost = failing(bench.provider, new Error("connection reset"), false);
  await assert.rejects(bench.upload("a.md", { provider: lost }));
  assert.equal((await bench.upload("a.md")).kind, "uploaded");
  assert.equal(await bench.remote(), 1);
  assert.equal(await states(bench), "ready failed");
});

test("a refusal stores nothing: the next upload is sent at once", async (t) => {
  const bench = await openBench(t, { "a.md": "text" });
  const refusing = failing(bench.provider, new ContextError("key-rejected", "no"), false);
  await assert.rejects(bench.upload("a.md", { provider: refusing }), { code: "key-rejected" });
  assert.equal(await states(bench), "failed");
  assert.equal((await bench.upload("a.md")).kind, "uploaded");
});

test("a cancelled upload is unknown, not failed: the provider may have it", async (t) => {
  const bench = await openBench(t, { "a.md": "text" });
  const cancelled = failing(bench.provider, new DOMException("stop", "AbortError"), true);
  await assert.rejects(bench.upload("a.md", { provider: cancelled }), { name: "AbortError" });
  assert.equal((await bench.upload("a.md")).kind, "already");
  assert.equal(await bench.remote(), 1);
});

test("an upload of another window that goes on is said; one that seemed left behind gives way when it does end", async (t) => {
  const bench = await openBench(t, { "a.md": "text" });
  let release = (): void => {};
  const slow: ProviderWith<"files" | "chat"> = {
    ...bench.provider,
    files: {
      ...bench.provider.files,
      upload: async (request, aborted) => {
        await new Promise<void>((resolve) => (release = resolve));
        return bench.provider.files.upload(request, aborted);
      },
    },
  };
  const first = bench.upload("a.md", { provider: slow });
  while ((await states(bench)) !== "sending");
  await assert.rejects(bench.upload("a.md"), {
    code: "upload-unfinished",
    message: /a\.md is being uploaded .* by another window/u,
  });
  bench.now += 31 * 60_000;
  assert.equal((await bench.upload("a.md")).kind, "uploaded");
  release();
  assert.equal((await first).kind, "already");
  assert.equal(await bench.remote(), 1);
  assert.equal(await states(bench), "ready gone");
});

test("an upload near or after its end is replaced", async (t) => {
  const bench = await openBench(t, { "a.md": "text" });
  await bench.upload("a.md");
  bench.now += 48 * hour - 5 * 60_000;
  assert.equal((await bench.upload("a.md")).kind, "uploaded");
  assert.equal(await states(bench), "ready gone");
});

test("an upload that the provider has lost is noticed and replaced", async (t) => {
  const bench = await openBench(t, { "a.md": "text" });
  const first = await bench.upload("a.md");
  assert.ok(first.kind === "uploaded");
  await bench.provider.files.delete(first.upload.providerFileId ?? "", signal);
  bench.now += hour;
  assert.equal((await bench.upload("a.md")).kind, "uploaded");
  assert.equal(await bench.remote(), 1);
});

test("another account or server is another upload", async (t) => {
  const bench = await openBench(t, { "a.md": "text" });
  await bench.upload("a.md");
  const elsewhere = {
    ...bench.provider,
    account: { ...bench.provider.account, baseUrl: "http://elsewhere" },
  };
  assert.equal((await bench.upload("a.md", { provider: elsewhere })).kind, "uploaded");
});

test("a file that looks like a secret is uploaded only after a confirmation, which is asked once for each content", async (t) => {
  const bench = await openBench(t, { ".env": "KEY=1" });
  assert.equal((await bench.upload(".env", { allow: false })).kind, "declined");
  assert.equal(await bench.remote(), 0);
  assert.equal((await bench.upload(".env", { allow: true })).kind, "uploaded");
  assert.equal((await bench.upload(".env", { allow: false })).kind, "already");
});

test("a file over the provider's limit is refused before anything is sent", async (t) => {
  const bench = await openBench(t, { "a.md": "text" });
  const small: ProviderWith<"files" | "chat"> = {
    ...bench.provider,
    capabilities: {
      ...bench.provider.capabilities,
      files: {
        ...capabilities.local.files,
        purposes: [{ name: "user_data", mediaTypes: ["*"], maxBytes: 3, chatUse: "none" }],
      },
    },
  };
  await assert.rejects(bench.upload("a.md", { provider: small }), {
    code: "file-too-large",
    message: /a\.md/u,
  });
  assert.equal(await states(bench), "");
});

test("removing deletes the remote file and keeps the row as history", async (t) => {
  const bench = await openBench(t, { "a.md": "text" });
  const outcome = await bench.upload("a.md");
  assert.ok(outcome.kind === "uploaded");
  await removeUpload(
    { registry: bench.parts.registry, provider: bench.provider },
    outcome.upload,
    signal,
  );
  assert.equal(await bench.remote(), 0);
  assert.equal(await states(bench), "gone");
  assert.equal((await bench.upload("a.md")).kind, "uploaded");
});

test("a remote file without Satchel's tag is never deleted", async (t) => {
  const bench = await openBench(t, { "a.md": "text" });
  const outcome = await bench.upload("a.md");
  assert.ok(outcome.kind === "uploaded");
  const foreign = { ...outcome.upload, remoteName: "theirs.md" };
  await removeUpload({ registry: bench.parts.registry, provider: bench.provider }, foreign, signal);
  assert.equal(await bench.remote(), 1);
});
