import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { createContentsMethods } from "../../src/store/contents-methods.ts";
import { isWindows, place } from "./place.ts";
import { sample, sampleFiles } from "./sample-session.ts";
import { idOf } from "./samples.ts";

const oldId = idOf("old\n");

test("a content is taken from the store before the file, and from the file if the store's is damaged", async (t) => {
  const here = place(t);
  const { session, sources } = sample(here);
  const [notes, sales] = sources;
  assert.ok(notes && sales);
  for (const { uri } of [notes, sales]) await here.contents.take(uri, 1_000_000);
  assert.deepEqual(await here.contents.kept(sources.map(({ contentId }) => contentId)), [
    notes.contentId,
    sales.contentId,
  ]);
  rmSync(join(here.folder, "notes.md"));
  writeFileSync(here.blobOf(sales.contentId), "damaged");
  const target = pathToFileURL(join(here.folder, "a.satchel")).href;
  assert.equal((await here.contents.writeArchive(target, session, sources)).contents, 3);
});

test("a content that is nowhere to be had is left out and told of", async (t) => {
  const here = place(t);
  const { session, sources } = sample(here);
  const [notes, sales, chart] = sources;
  assert.ok(notes && sales && chart);
  here.file("notes.md", "changed");
  const unknown = idOf("not of this session");
  const uri = here.file("unknown.txt", "not of this session");
  const target = pathToFileURL(join(here.folder, "a.satchel")).href;
  const written = await here.contents.writeArchive(target, session, [
    notes,
    { ...sales, uri: "untitled:Untitled-1" },
    sales,
    sales,
    chart,
    { contentId: unknown, uri },
    { contentId: oldId, uri: pathToFileURL(here.folder).href },
    { contentId: "../../a.txt", uri },
  ]);
  assert.equal(written.contents, 2);
  assert.deepEqual(written.missing, [notes.contentId, unknown, oldId, "../../a.txt"]);
  const read = await place(t).contents.readArchive(target);
  assert.deepEqual(read.contents, [sales.contentId, chart.contentId]);
  assert.deepEqual(read.session, session);
});

test("what was at the place of an archive stays when it cannot be written", async (t) => {
  const here = place(t);
  const { session, sources } = sample(here);
  const { contents, folder } = here;
  const target = here.file("a.satchel", "before");
  const big = join(folder, "big.bin");
  writeFileSync(big, "");
  truncateSync(big, 1_900_000_000);
  const contentId = idOf("big");
  const content = { contentId, bytes: 1_900_000_000, mediaType: "application/x-tar" };
  const withBig = { ...session, contents: [...session.contents, content] };
  const source = { contentId, uri: pathToFileURL(big).href };
  const controller = new AbortController();
  const writing = contents.writeArchive(target, withBig, [...sources, source], controller.signal);
  await setTimeout(200);
  controller.abort();
  await assert.rejects(writing, { name: "AbortError" });
  while (readdirSync(folder).some((name) => name.startsWith("~"))) await setTimeout(10);
  assert.equal(readFileSync(join(folder, "a.satchel")).toString(), "before");

  const huge = { ...session.contents[0], contentId: sources[0]?.contentId ?? "", mediaType: "a/b" };
  const lots = { ...session, name: "x".repeat(64_000_001), contents: [{ ...huge, bytes: 1 }] };
  await assert.rejects(contents.writeArchive(target, lots, []), {
    code: "file-too-large",
    message: /^a\.satchel would hold more than 2 GB or 65,534 files/u,
  });
  assert.equal(readFileSync(join(folder, "a.satchel")).toString(), "before");
});

test("a full disk is told of with the name of the archive", async (t) => {
  const here = place(t);
  const { session, sources } = sample(here);
  const contents = createContentsMethods(join(here.folder, "store"));
  const handle = await open(join(here.folder, "sales.csv"));
  const prototype = Object.getPrototypeOf(handle) as typeof handle;
  await handle.close();
  const full = Object.assign(new Error("no space"), { code: "ENOSPC", syscall: "write" });
  t.mock.method(prototype, "writeFile", () => Promise.reject(full));
  const target = pathToFileURL(join(here.folder, "a.satchel")).href;
  await assert.rejects(contents.writeArchive(target, session, sources), {
    code: "store-unavailable",
    message: /a\.satchel cannot grow because the disk is full/u,
  });
  assert.deepEqual(readdirSync(here.folder).toSorted(), Object.keys(sampleFiles).toSorted());
});

test("a place that cannot be written to is named", async (t) => {
  const here = place(t);
  const { session } = sample(here);
  mkdirSync(join(here.folder, "a.satchel"));
  const folder = pathToFileURL(join(here.folder, "a.satchel")).href;
  const unavailable = { code: "store-unavailable", message: /a\.satchel cannot be used/u };
  await assert.rejects(here.contents.writeArchive(folder, session, []), unavailable);
  const below = pathToFileURL(join(here.folder, "sales.csv", "b.satchel")).href;
  await assert.rejects(here.contents.writeArchive(below, session, []), {
    code: "store-unavailable",
  });
  const elsewhere = "vscode-vfs://github/a.satchel";
  const refused = { code: "file-not-local", message: /is not a place on this computer: choose/u };
  await assert.rejects(here.contents.writeArchive(elsewhere, session, []), refused);
  await assert.rejects(here.contents.readArchive(elsewhere), { code: "file-not-local" });
  const gone = pathToFileURL(join(here.folder, "gone.satchel")).href;
  await assert.rejects(here.contents.readArchive(gone), { code: "file-missing" });
  await assert.rejects(here.contents.readArchive(folder), { code: "file-not-regular" });
});

test("an archive can be read by its owner only", { skip: isWindows }, async (t) => {
  const here = place(t);
  const { session } = sample(here);
  const path = join(here.folder, "a.satchel");
  await here.contents.writeArchive(pathToFileURL(path).href, session, []);
  const handle = await open(path);
  assert.equal((await handle.stat()).mode & 0o777, 0o600);
  await handle.close();
});
