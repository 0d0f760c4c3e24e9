import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { ContextError } from "../../../src/core/errors.ts";
import type { Digest } from "../../../src/core/files/digest.ts";
import { makeMissingDigests, type DigestParts } from "../../../src/core/files/make-digests.ts";
import type { FileView } from "../../../src/core/session/session.ts";

function digestOf(contentId: string, version: number): Digest {
  return { contentId, version, extractor: "text", type: "txt", preview: [], text: "txt" };
}

function viewOf(contentId: string): FileView {
  const file = { uri: `file:///${contentId}.txt`, contentId };
  return { file, content: { contentId }, providerFiles: [] } as unknown as FileView;
}

interface Bench {
  readonly parts: DigestParts;
  readonly stored: Map<string, Digest>;
  /** How many digests each record held. */
  readonly records: number[];
  readonly mostAtOnce: () => number;
}

/** A digester of version 2 that cannot look into what is called `bad…`, and a disk that has lost what is called `lost…`. */
function bench(known: readonly Digest[] = []): Bench {
  const stored = new Map(known.map((digest) => [digest.contentId, digest]));
  const records: number[] = [];
  let now = 0;
  let most = 0;
  const parts = {
    phases: {
      digests: async (ids: readonly string[]) => ids.flatMap((id) => stored.get(id) ?? []),
      saveDigests: async (digests: readonly Digest[]) => {
        records.push(digests.length);
        for (const digest of digests) stored.set(digest.contentId, digest);
      },
    },
    contents: {
      read: async ({ contentId }: { readonly contentId: string }) => {
        if (contentId.startsWith("lost")) throw new ContextError("content-missing", "it is gone");
        return new Uint8Array(1);
      },
    },
    digester: {
      version: 2,
      async digest({ contentId }: { readonly contentId: string }) {
        most = Math.max(most, ++now);
        await setImmediate();
        now--;
        return digestOf(contentId, contentId.startsWith("bad") ? 0 : 2);
      },
    },
  } as unknown as DigestParts;
  return { parts, stored, records, mostAtOnce: () => most };
}

const { signal } = new AbortController();

test("two files are read at a time, and many digests go into one record", async () => {
  const { parts, stored, records, mostAtOnce } = bench();
  const ids = Array.from({ length: 100 }, (_, index) => `c${index}`);
  assert.equal(await makeMissingDigests(parts, ids.map(viewOf), signal), 100);
  assert.equal(mostAtOnce(), 2);
  assert.deepEqual([...stored.keys()].toSorted(), ids.toSorted());
  assert.deepEqual(records, [16, 16, 16, 16, 16, 16, 4]);
});

test("only what is missing or of an older version is made", async () => {
  const { parts, stored } = bench([digestOf("old", 1), digestOf("new", 2)]);
  const views = ["old", "new", "lost", "none"].map(viewOf);
  assert.equal(await makeMissingDigests(parts, views, signal), 2);
  assert.deepEqual([...stored.keys()], ["old", "new", "none"]);
  assert.equal(stored.get("old")?.version, 2);
});

test("that a file could not be looked into is kept until it can, and hides nothing that was known", async () => {
  const { parts, stored } = bench([digestOf("bad-known", 1)]);
  const views = ["bad-known", "bad-unknown"].map(viewOf);
  assert.equal(await makeMissingDigests(parts, views, signal), 1);
  assert.deepEqual([stored.get("bad-known")?.version, stored.get("bad-unknown")?.version], [1, 0]);
});

test("an abort ends the work", async () => {
  const { parts, stored } = bench();
  const controller = new AbortController();
  controller.abort();
  const made = makeMissingDigests(parts, [viewOf("one")], controller.signal);
  await assert.rejects(made, { name: "AbortError" });
  assert.equal(stored.size, 0);
});
