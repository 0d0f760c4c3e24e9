import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { exportSession, importSession } from "../../../src/core/session/share-session.ts";
import { openParts, type TestParts } from "../../fixtures/parts.ts";

const text = "id,name\n1,a\n";

async function exported(parts: TestParts, withContents: boolean): Promise<string> {
  const target = pathToFileURL(join(parts.folder, "out.satchel")).href;
  const { session } = await parts.view();
  await exportSession(parts, { session, target, withContents, now: 5 });
  return target;
}

function options(parts: TestParts): Parameters<typeof importSession>[2] {
  return {
    workspace: pathToFileURL(parts.folder).href,
    name: "Imported",
    newId: () => crypto.randomUUID(),
    fence: "fence",
    now: 9,
  };
}

test("a session crosses to another store with its order, pins, findings and bytes", async (t) => {
  const [one, other] = [await openParts(t), await openParts(t)];
  await one.add({ "b.csv": text, "a.md": "# A" });
  const { file } = await one.file("a.md");
  await one.registry.changeFiles([{ id: file.id, change: { pinned: true } }]);
  await one.phases.saveFinding({
    id: "f",
    sessionId: one.sessionId,
    phase: 1,
    title: "T",
    text: "found",
    contentIds: [file.contentId],
    createdAt: 3,
  });
  const imported = await importSession(other, await exported(one, true), options(other));
  const view = await other.registry.view(imported.session.id);
  assert.deepEqual(
    view?.files.map((each) => [each.file.uri.split("/").at(-1), each.file.pinned]),
    [
      ["b.csv", false],
      ["a.md", true],
    ],
  );
  assert.equal(imported.withBytes.length, 2);
  const [finding] = await other.phases.findings(imported.session.id);
  assert.equal(finding?.text, "found");
  const [first] = imported.withBytes;
  assert.ok(first);
  assert.equal(new TextDecoder().decode(await other.contents.read(first)), text);
});

test("files that came along are put back where nothing is, and only there", async (t) => {
  const [one, other] = [await openParts(t), await openParts(t)];
  await one.add({ "a.csv": text, "b.csv": "mine was here" });
  await other.write("b.csv", "theirs");
  const imported = await importSession(other, await exported(one, true), options(other));
  const within = pathToFileURL(other.folder).href;
  const written = await Promise.all(
    imported.withBytes.map((source) => other.contents.putBack(source, within)),
  );
  assert.deepEqual(written, [true, false]);
  assert.equal(readFileSync(join(other.folder, "a.csv"), "utf8"), text);
  assert.equal(readFileSync(join(other.folder, "b.csv"), "utf8"), "theirs");
});

test("without contents a session holds names, and no bytes", async (t) => {
  const [one, other] = [await openParts(t), await openParts(t)];
  await one.add({ "a.csv": text });
  const imported = await importSession(other, await exported(one, false), options(other));
  assert.deepEqual(imported.withBytes, []);
  assert.equal((await other.registry.view(imported.session.id))?.files.length, 1);
});

test("what is known of a content already is better than what a file says", async (t) => {
  const [one, other] = [await openParts(t), await openParts(t)];
  await one.add({ "a.csv": text });
  const { content } = await one.file("a.csv");
  await one.registry.saveContents([{ ...content, tokens: 999_999 }]);
  await other.add({ "a.csv": text });
  await other.registry.saveContents([{ ...content, tokens: 7 }]);
  await importSession(other, await exported(one, true), options(other));
  assert.equal((await other.registry.content(content.contentId))?.tokens, 7);
});

test("an imported copy expires like any other, and is not deleted before", async (t) => {
  const [one, other] = [await openParts(t), await openParts(t)];
  await one.add({ "a.csv": text });
  const { content } = await one.file("a.csv");
  await importSession(other, await exported(one, true), options(other));
  const rule = { lifetime: 1000, countFrom: "upload", trashTime: 0, maxBytes: 0 } as const;
  assert.deepEqual(await other.copies.trimCopies(rule), []);
  assert.deepEqual(await other.copies.dueCopies({ ...rule, lifetime: 3_600_000 }), []);
  assert.deepEqual(await other.contents.kept([content.contentId]), [content.contentId]);
});
