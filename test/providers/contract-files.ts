import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { it, type TestContext } from "node:test";
import { isAbort } from "../../src/core/errors.ts";
import { purposeOf } from "../../src/core/files/purpose.ts";
import { carriesTag } from "../../src/core/files/remote-name.ts";
import type {
  ProviderFiles,
  RemoteFile,
  UploadRequest,
} from "../../src/core/ports/provider-files.ts";
import type { Subject } from "./contract.ts";

const never = new AbortController().signal;
const uploadId = "cdef0123-0000-0000-0000-000000000000";

type Test = (
  name: string,
  run: (files: ProviderFiles, subject: Subject, t: TestContext) => Promise<void>,
) => void;

/** What an adapter promises of its files. */
export function describeFiles(subject: () => Subject): void {
  const test: Test = (name, run) =>
    void it(name, async (t: TestContext) => {
      const { files } = subject().provider;
      if (!files) return t.skip("it stores no files");
      await run(files, subject(), t);
    });
  describeStore(test);
  describeLifetimes(test);
  describeNames(test);
  describeAborts(test);
}

function describeStore(test: Test): void {
  test("lists nothing where nothing is", async (files) => {
    assert.deepEqual(await files.list(never), []);
  });

  test("takes a file, finds it, and deletes it once and again", async (files, subject) => {
    const bytes = Uint8Array.from({ length: 70_000 }, (_, index) => (index * 31 + 7) % 256);
    const start = Date.now();
    const sent = request(subject, { bytes });
    const file = await files.upload(sent, never);
    assert.notEqual(file.id, "");
    checkName(file, sent, subject);
    assert.ok(file.bytes === undefined || file.bytes === bytes.length);
    assert.ok(Math.abs((file.createdAt ?? start) - start) < 60_000);
    assert.ok(file.contentId === undefined || file.contentId === sent.contentId);
    assert.deepEqual(await subject.stored(file.id), bytes);
    assert.deepEqual(await files.get(file.id, never), file);
    assert.deepEqual(await files.list(never), [file]);
    await files.delete(file.id, never);
    assert.equal(await files.get(file.id, never), undefined);
    assert.equal(await subject.stored(file.id), undefined);
    await files.delete(file.id, never);
    assert.deepEqual(await files.list(never), []);
  });

  test("says whether equal bytes are one file or two", async (files, subject) => {
    const first = await files.upload(request(subject), never);
    const second = await files.upload(request(subject), never);
    const isOne = subject.traits?.equalBytes === "one";
    assert.equal(first.id === second.id, isOne);
    const listed = await files.list(never);
    const ids = [...new Set([first.id, second.id])];
    assert.deepEqual(listed.map((file) => file.id).toSorted(), ids.toSorted());
    for (const id of ids) await files.delete(id, never);
  });

  test("gives back the bytes, if it says that it can", async (files, subject) => {
    const sent = request(subject);
    const file = await files.upload(sent, never);
    const bytes = await files.download?.(file.id, never);
    assert.ok(bytes === undefined || Buffer.from(bytes).equals(sent.bytes));
    await files.delete(file.id, never);
    if (files.download) {
      await assert.rejects(files.download(file.id, never), { code: "provider-file-gone" });
    }
  });

  test("knows no file that it never gave out", async (files) => {
    for (const id of ["file-0000000000000000", "no/such/file", "../../etc/passwd", "a b?c#d"]) {
      assert.equal(await files.get(id, never), undefined);
      await files.delete(id, never);
    }
  });
}

function describeLifetimes(test: Test): void {
  test("keeps a file as long as it is asked to, within what the provider allows", async (files, subject, t) => {
    const { lifetime: range, fixedLifetime } = subject.provider.capabilities.files ?? {};
    const { min = fixedLifetime, max = fixedLifetime } = range ?? {};
    if (min === undefined || max === undefined) return t.skip("files cannot expire there");
    for (const lifetime of [min, max, Math.min(min * 2, max), 1, max * 2]) {
      const file = await files.upload(request(subject, { lifetime }), never);
      const expected = Math.min(Math.max(lifetime, min), max);
      // Some servers measure the end a moment before or after the beginning.
      assert.ok(Math.abs(Number(file.expiresAt) - Number(file.createdAt) - expected) < 5_000);
      assert.deepEqual(await files.get(file.id, never), file);
      await files.delete(file.id, never);
    }
  });
}

function describeNames(test: Test): void {
  const stems = [
    "with space",
    `it's "quoted"`,
    "emoji 📈👩🏽‍💻",
    "hash#and?query&more=1",
    "Überblick 報告 отчёт ملف",
    "percent %20",
    "all<of>these:are|some\\where*forbidden/",
  ];
  for (const stem of stems) {
    test(`keeps a file named ${stem}`, async (files, subject) => {
      const sent = request(subject, { stem });
      const file = await files.upload(sent, never);
      checkName(file, sent, subject);
      const [listed] = await files.list(never);
      assert.equal(listed?.name, file.name);
      assert.deepEqual(await subject.stored(file.id), new Uint8Array(sent.bytes));
      await files.delete(file.id, never);
    });
  }
}

function describeAborts(test: Test): void {
  const id = "local-00000000-0000-0000-0000-000000000000";
  const operations: Readonly<
    Record<string, (files: ProviderFiles, subject: Subject, signal: AbortSignal) => unknown>
  > = {
    upload: (files, subject, signal) => files.upload(request(subject), signal),
    list: (files, _subject, signal) => files.list(signal),
    get: (files, _subject, signal) => files.get(id, signal),
    delete: (files, _subject, signal) => files.delete(id, signal),
  };
  for (const [name, operation] of Object.entries(operations)) {
    test(`stops ${name} before it begins and while it runs`, async (files, subject) => {
      await assert.rejects(async () => operation(files, subject, AbortSignal.abort()), isAbort);
      subject.hang();
      const controller = new AbortController();
      setTimeout(() => controller.abort(new Error("a reason of the caller")), 50);
      const start = performance.now();
      await assert.rejects(async () => operation(files, subject, controller.signal), isAbort);
      assert.ok(performance.now() - start < 1050);
    });
  }

  test("leaves nothing behind", async (files) => {
    for (const file of await files.list(never)) await files.delete(file.id, never);
    assert.deepEqual(await files.list(never), []);
  });
}

/** The tag always survives; the whole name does unless the provider forbids some of it. */
function checkName(file: RemoteFile, sent: UploadRequest, { traits }: Subject): void {
  assert.ok(carriesTag(file.name, sent.contentId, uploadId), file.name);
  if (traits?.names !== "tag") assert.equal(file.name, sent.name);
}

function request(
  { provider }: Subject,
  { stem = "table", ...change }: Partial<UploadRequest> & { readonly stem?: string } = {},
): UploadRequest {
  const bytes = change.bytes ?? new TextEncoder().encode("region,units\nNorth,1\n");
  const contentId = createHash("sha256").update(bytes).digest("hex");
  // A provider that takes no tables is given what it takes.
  const [mediaType, extension] =
    (
      [
        ["text/csv", "csv"],
        ["application/pdf", "pdf"],
        ["image/png", "png"],
      ] as const
    ).find(([type]) => purposeOf(provider, type)) ?? assert.fail("it takes no file that we know");
  return {
    name: `${stem}.stc-${contentId.slice(0, 12)}-${uploadId.slice(0, 6)}.${extension}`,
    contentId,
    mediaType,
    bytes,
    purpose: purposeOf(provider, mediaType)?.name ?? "",
    ...change,
  };
}
