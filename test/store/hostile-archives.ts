import assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Zip, ZipPassThrough, zipSync, type Zippable } from "fflate";
import { isContextError } from "../../src/core/errors.ts";
import type { ReadArchive } from "../../src/core/ports/archives.ts";
import type { PortableSession } from "../../src/core/session/portable.ts";
import { createContentsMethods } from "../../src/store/contents-methods.ts";
import { idOf } from "./samples.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** The bytes of one content. */
const text = "hello hello hello hello hello\n";
export const textId = idOf(text);
/** The id of the other content. */
export const otherId = idOf("other");

/** A session of two contents. */
export const small: PortableSession = {
  format: "satchel-session",
  version: 1,
  name: "Quarter",
  exportedAt: "2026-11-20T08:00:00.000Z",
  files: [{ path: "a/b.txt", role: "file", pinned: false, evicted: false, contentId: textId }],
  contents: [
    { contentId: textId, bytes: text.length, mediaType: "text/plain", lines: 1 },
    { contentId: otherId, bytes: 5, mediaType: "text/plain", lines: 1 },
  ],
  digests: [{ contentId: textId, extractor: "text", version: 1, type: "txt", preview: [], text }],
  phases: [{ number: 1, name: "One", startedAt: 1 }],
  findings: [{ phase: 1, title: "A", text: "B", contentIds: [textId], createdAt: 1 }],
  savedFiles: [{ path: "a/b.txt", contentId: textId, phase: 1, savedAt: 1 }],
};

/** Entries of a zip that another program might make; `session.json` says what `session` is. */
export function entriesOf(session: unknown, more: Zippable = {}): Zippable {
  return { "session.json": Buffer.from(JSON.stringify(session)), ...more };
}

/** The entries of an archive that is as it should be. */
export const sound = entriesOf(small, {
  [`contents/${textId}`]: Buffer.from(text),
  [`contents/${otherId}`]: [Buffer.from("other"), { level: 0 }],
});

/** Reads a zip with a store of its own, and checks that a refused one left nothing there. */
export function reader(): (zip: Uint8Array) => Promise<ReadArchive & { readonly store: string }> {
  const folder = temporaryFolder();
  const path = join(folder, "sales.satchel");
  let count = 0;
  return async (zip) => {
    writeFileSync(path, zip);
    const store = join(folder, `store-${++count}`);
    try {
      const contents = createContentsMethods(store);
      const read = await contents.readArchive(pathToFileURL(path).href);
      for (const contentId of read.contents) {
        const bytes = await contents.read({ contentId, uri: "untitled:" });
        assert.equal(idOf(bytes), contentId);
      }
      return { ...read, store };
    } catch (error) {
      assert.ok(!existsSync(store), "nothing may be kept of an archive that is refused");
      throw error;
    }
  };
}

/** Checks that the zip is refused at once, for this reason. */
export async function refuses(zip: Uint8Array, reason: RegExp): Promise<void> {
  const started = performance.now();
  await assert.rejects(reader()(zip), (error) => {
    assert.ok(isContextError(error), String(error));
    assert.equal(error.code, "archive-invalid");
    assert.match(error.message, reason);
    assert.equal(error.facts.file, "sales.satchel");
    assert.ok(!error.message.includes("\n") && error.message.length < 400, error.message);
    return true;
  });
  assert.ok(performance.now() - started < 5_000, "a refusal takes no time");
}

/** A zip whose directory is to be changed. */
export interface Directory {
  readonly zip: Buffer;
  /** Where the directory's row of an entry begins. */
  readonly row: (name: string) => number;
}

export function directoryOf(entries: Zippable): Directory {
  const zip = Buffer.from(zipSync(entries));
  const start = zip.readUInt32LE(zip.length - 6);
  return { zip, row: (name) => zip.indexOf(name, start) - 46 };
}

/** A zip of the sound entries among others, which are empty: `zipSync` takes long for so many. */
export function zipOf(names: readonly string[]): Buffer {
  const chunks: Uint8Array[] = [];
  const zip = new Zip((_, chunk) => chunks.push(chunk));
  for (const name of names) {
    const entry = new ZipPassThrough(name);
    zip.add(entry);
    const [bytes] = [sound[name] ?? new Uint8Array()].flat();
    entry.push(bytes as Uint8Array, true);
  }
  zip.end();
  return Buffer.concat(chunks);
}
