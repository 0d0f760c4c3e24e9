import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test, type TestContext } from "node:test";
import { ContextError, isAbort } from "../../../src/core/errors.ts";
import { downloadFile } from "../../../src/core/files/download.ts";
import type { ProviderFile } from "../../../src/core/files/provider-file.ts";
import { uploadFile } from "../../../src/core/files/upload.ts";
import type { ProviderWith } from "../../../src/core/ports/provider.ts";
import { createLocal } from "../../../src/providers/local.ts";
import { createSupabase } from "../../../src/providers/supabase.ts";
import { createFolder } from "../../../src/store/folder.ts";
import { startSupabaseLite, type SupabaseLite } from "../../providers/servers/supabase-lite.ts";
import { impatient, noCaps } from "../../fixtures/upload-parts.ts";
import { answering, maxBytes, openParts, type TestParts } from "../../fixtures/parts.ts";

const signal = new AbortController().signal;
const text = "region,units\nÜber,1\n";

interface Bench {
  readonly parts: TestParts;
  readonly provider: ProviderWith<"files">;
  /** The upload of sales.csv. */
  readonly upload: ProviderFile;
  /** Puts other bytes in the place of the uploaded ones. */
  readonly damage: () => Promise<void>;
}

interface Opened {
  readonly provider: ProviderWith<"files">;
  readonly damage: (upload: ProviderFile) => Promise<void>;
}

type Open = (t: TestContext) => Promise<Opened>;

let started: Promise<SupabaseLite> | undefined;
after(async () => (await started)?.stop());

const openLocal: Open = async (t) => {
  const folder = createFolder(await temporaryFolder(t));
  return {
    provider: createLocal({ folder }),
    damage: (upload) =>
      folder.write(`${upload.providerFileId}.bin`, new TextEncoder().encode("something else")),
  };
};

const openSupabase: Open = async () => {
  const server = await (started ??= startSupabaseLite());
  const provider = createSupabase({ baseUrl: server.url, key: server.secretKey, account: "" });
  return {
    provider,
    damage: async ({ providerFileId = "" }) => {
      const stored = server.stored(providerFileId);
      stored?.fill(32);
    },
  };
};

async function openBench(t: TestContext, open: Open): Promise<Bench> {
  const parts = await openParts(t);
  await parts.add({ "sales.csv": text });
  const { provider, damage } = await open(t);
  const { file } = await parts.file("sales.csv");
  const { confirm } = answering(true);
  const own = { ...parts, ...impatient(), provider, confirm };
  const outcome = await uploadFile(own, file, { maxBytes, caps: noCaps }, signal);
  assert.ok(outcome.kind === "uploaded");
  const { upload } = outcome;
  return { parts, provider, upload, damage: () => damage(upload) };
}

async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "satchel-download-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

const stateOf = async ({ parts, upload }: Bench): Promise<string | undefined> =>
  (await parts.registry.uploads(upload))[0]?.state;

for (const [name, open] of Object.entries({ local: openLocal, supabase: openSupabase })) {
  test(`${name} gives back what was uploaded, and the user's own file stays as it is`, async (t) => {
    const bench = await openBench(t, open);
    await bench.parts.write("sales.csv", "changed since");
    const own = { registry: bench.parts.registry, provider: bench.provider };
    const bytes = await downloadFile(own, bench.upload, signal);
    assert.equal(new TextDecoder().decode(bytes), text);
    const onDisk = await readFile(join(bench.parts.folder, "sales.csv"), "utf8");
    assert.equal(onDisk, "changed since");
    assert.equal(await stateOf(bench), "ready");
  });

  test(`${name} is not believed when it gives back something else`, async (t) => {
    const bench = await openBench(t, open);
    await bench.damage();
    const own = { registry: bench.parts.registry, provider: bench.provider, file: "sales.csv" };
    const provider = bench.provider.account.name;
    await assert.rejects(downloadFile(own, bench.upload, signal), {
      code: "content-damaged",
      message: `What ${provider} sent for sales.csv is not what was uploaded, so nothing was written: download it again, or upload it anew`,
      facts: { file: "sales.csv", provider },
    });
    assert.equal(await stateOf(bench), "ready");
  });

  test(`${name} may have dropped the file: then its row says so`, async (t) => {
    const bench = await openBench(t, open);
    await bench.provider.files.delete(bench.upload.providerFileId ?? "", signal);
    const own = { registry: bench.parts.registry, provider: bench.provider, file: "sales.csv" };
    const provider = bench.provider.account.name;
    await assert.rejects(downloadFile(own, bench.upload, signal), {
      code: "provider-file-gone",
      message: `${provider} has sales.csv no longer: upload it again`,
    });
    assert.equal(await stateOf(bench), "gone");
  });

  test(`${name} stops when the user does`, async (t) => {
    const bench = await openBench(t, open);
    const own = { registry: bench.parts.registry, provider: bench.provider };
    await assert.rejects(downloadFile(own, bench.upload, AbortSignal.abort()), isAbort);
    assert.equal(await stateOf(bench), "ready");
  });
}

test("a provider that gives nothing back says so, and is not asked", async (t) => {
  const bench = await openBench(t, openLocal);
  const { download: _, ...files } = bench.provider.files;
  const own = { registry: bench.parts.registry, provider: { ...bench.provider, files } };
  await assert.rejects(downloadFile(own, bench.upload, signal), {
    code: "provider-rejected",
    message: `Local folder gives no uploaded files back, so ${bench.upload.remoteName} cannot be downloaded from there`,
  });
});

test("an upload that the provider never confirmed is not asked for", async (t) => {
  const bench = await openBench(t, openLocal);
  const own = { registry: bench.parts.registry, provider: bench.provider };
  const upload = { ...bench.upload, providerFileId: undefined };
  await assert.rejects(downloadFile(own, upload, signal), { code: "provider-file-gone" });
});

test("a provider's other failures are told as they are", async (t) => {
  const bench = await openBench(t, openLocal);
  const busy = new ContextError("provider-busy", "Local folder is busy");
  const files = { ...bench.provider.files, download: () => Promise.reject(busy) };
  const own = { registry: bench.parts.registry, provider: { ...bench.provider, files } };
  await assert.rejects(downloadFile(own, bench.upload, signal), busy);
  assert.equal(await stateOf(bench), "ready");
});
