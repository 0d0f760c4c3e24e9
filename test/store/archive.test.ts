import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import * as fc from "fast-check";
import { unzipSync } from "fflate";
import { fromPortable, toPortable } from "../../src/core/session/portable.ts";
import { createContentsMethods } from "../../src/store/contents-methods.ts";
import { secretSnapshot } from "../core/session/snapshots.ts";
import { listZip } from "../packaging/list-zip.ts";
import { place } from "./place.ts";
import { sample } from "./sample-session.ts";
import { idOf } from "./samples.ts";

test("a session comes back from its archive, in another store", async (t) => {
  const here = place(t);
  const there = place(t);
  const { snapshot, session, sources } = sample(here);
  const target = pathToFileURL(join(here.folder, "my session.satchel")).href;
  const written = await here.contents.writeArchive(target, session, sources);
  const { length } = readFileSync(join(here.folder, "my session.satchel"));
  assert.deepEqual(written, { bytes: length, contents: 3, missing: [] });

  const read = await there.contents.readArchive(target);
  assert.deepEqual(read.session, session);
  assert.deepEqual(
    read.contents,
    sources.map(({ contentId }) => contentId),
  );
  const imported = fromPortable(read.session, {
    workspace: "file:///work",
    name: "Copy",
    newId: () => crypto.randomUUID(),
    fence: "new fence",
    now: 9,
  });
  assert.deepEqual(
    imported.files.map(({ uri, role, pinned, evicted }) => [uri, role, pinned, evicted]),
    [
      ["file:///work/notes.md", "base", false, false],
      ["file:///work/sales.csv", "file", true, false],
      ["file:///work/chart.png", "file", false, true],
    ],
  );
  assert.deepEqual(imported.contents, snapshot.contents);
  assert.deepEqual(imported.digests, snapshot.digests);
  assert.deepEqual(imported.findings[0]?.text, snapshot.findings[0]?.text);
  assert.equal(imported.savedFiles[0]?.uri, "file:///work/old.csv");
  for (const { contentId, uri } of imported.files) {
    const bytes = await there.contents.read({ contentId, uri });
    assert.equal(idOf(bytes), contentId);
  }
});

test("another program can list and check an archive", async (t) => {
  const here = place(t);
  const { session, sources } = sample(here);
  const path = join(here.folder, "a.satchel");
  await here.contents.writeArchive(pathToFileURL(path).href, session, sources);
  const names = ["session.json", ...sources.map(({ contentId }) => `contents/${contentId}`)];
  const zip = readFileSync(path);
  assert.deepEqual(listZip(zip), names);
  assert.deepEqual(Object.keys(unzipSync(zip)), names);
  // What is compressed already is stored as it is.
  assert.ok(zip.length > 30_000 && zip.length < 40_000, String(zip.length));
  if (spawnSync("python3", ["--version"]).status !== 0) return t.diagnostic("python3 is not here");
  const check = "import sys,zipfile;z=zipfile.ZipFile(sys.argv[1]);print(z.testzip(),z.namelist())";
  const said = execFileSync("python3", ["-c", check, path]).toString();
  assert.equal(said.trim(), `None [${names.map((name) => `'${name}'`).join(", ")}]`);
});

test("equal sessions give equal archives", async (t) => {
  const here = place(t);
  const { session, sources } = sample(here);
  const [one, other] = ["one.satchel", "other.satchel"].map((name) => join(here.folder, name));
  assert.ok(one !== undefined && other !== undefined);
  await here.contents.writeArchive(pathToFileURL(one).href, session, sources);
  await here.contents.writeArchive(pathToFileURL(other).href, session, sources);
  assert.deepEqual(readFileSync(one), readFileSync(other));
});

test("bytes of all sizes survive", async (t) => {
  const here = place(t);
  const there = place(t);
  const sizes = [1, 16_383, 32_768, 65_536, 98_304, 262_143, 262_144, 262_145, 1_000_000];
  const files = sizes.map((size) => {
    const text = Array.from({ length: size }, (_, at) => (at * at * (size % 97)) % 251);
    return { name: `${size}.bin`, bytes: new Uint8Array(text) };
  });
  const sources = files.map(({ name, bytes }) => ({
    contentId: idOf(bytes),
    uri: here.file(name, bytes),
  }));
  const contents = files.map(({ bytes }, index) => ({
    contentId: idOf(bytes),
    bytes: bytes.length,
    mediaType: index % 2 === 0 ? "application/octet-stream" : "image/png",
  }));
  const session = { ...sample(here).session, contents, files: [], digests: [], findings: [] };
  const target = pathToFileURL(join(here.folder, "a.satchel")).href;
  await here.contents.writeArchive(target, { ...session, savedFiles: [] }, sources);
  const read = await there.contents.readArchive(target);
  assert.deepEqual(
    read.contents,
    contents.map(({ contentId }) => contentId),
  );
  assert.deepEqual(await there.contents.kept([...read.contents, idOf("old")]), read.contents);
});

test("who does not wait for an archive to be read leaves nothing behind", async (t) => {
  const here = place(t);
  const big = join(here.folder, "big.bin");
  writeFileSync(big, "");
  truncateSync(big, 200_000_000);
  const uri = pathToFileURL(big).href;
  const { content } = await here.contents.inspect(uri, 1e9);
  const session = { ...sample(here).session, contents: [content], files: [], digests: [] };
  const target = pathToFileURL(join(here.folder, "a.satchel")).href;
  const sources = [{ contentId: content.contentId, uri }];
  const empty = { ...session, findings: [], savedFiles: [] };
  const { bytes } = await here.contents.writeArchive(target, empty, sources);
  assert.ok(bytes < 1_000_000);
  const contents = createContentsMethods(join(here.folder, "store"));
  for (const wait of [0, 5, 50]) {
    const controller = new AbortController();
    const reading = contents.readArchive(target, controller.signal);
    void setTimeout(wait).then(() => controller.abort());
    await assert.rejects(reading, { name: "AbortError" });
    assert.ok(!existsSync(join(here.folder, "store")));
  }
});

test("no bytes of an archive tell what others may not know", async (t) => {
  const here = place(t);
  const path = join(here.folder, "a.satchel");
  await fc.assert(
    fc.asyncProperty(secretSnapshot, async ({ snapshot, secrets }) => {
      const { contents, files } = snapshot;
      await here.contents.writeArchive(pathToFileURL(path).href, toPortable(snapshot, 0), files);
      const entries = unzipSync(readFileSync(path));
      const text = Buffer.from(entries["session.json"] ?? []).toString();
      assert.notEqual(text, "");
      for (const secret of secrets) {
        assert.ok(!text.includes(secret), secret);
        assert.ok(!Object.keys(entries).join("\n").includes(secret), secret);
      }
      const { session } = await here.contents.readArchive(pathToFileURL(path).href);
      assert.deepEqual(session, toPortable(snapshot, 0));
      assert.equal(session.contents.length, contents.length);
    }),
    { seed: 9, numRuns: 100 },
  );
});
