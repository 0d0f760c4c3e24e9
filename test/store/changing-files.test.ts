import assert from "node:assert/strict";
import { statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { setTimeout } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { idOf } from "./samples.ts";

import { limit, place } from "./place.ts";

test("a file that was changed a moment ago is taken when two readings agree", async (t) => {
  const { contents, folder } = place(t);
  writeFileSync(join(folder, "new.txt"), "new");
  const uri = pathToFileURL(join(folder, "new.txt")).href;
  assert.equal((await contents.inspect(uri, limit)).content.contentId, idOf("new"));
});

/** Runs code in another thread over and over, with the file's path as `path` and the round as `round`. */
function meanwhile(t: TestContext, path: string, code: string): void {
  const source = `
    const { appendFileSync, writeFileSync, renameSync, rmSync } = require("node:fs");
    const path = ${JSON.stringify(path)};
    for (let round = 0; ; round++) { ${code} }`;
  const worker = new Worker(source, { eval: true });
  t.after(() => worker.terminate());
}

test("a file that does not hold still is refused", { timeout: 60_000 }, async (t) => {
  const { contents, file, folder } = place(t);
  const path = join(folder, "log.bin");
  const uri = file("log.bin", "");
  const bytes = 128 * 1024 * 1024;
  truncateSync(path, bytes);
  meanwhile(t, path, `appendFileSync(path, "line " + round);`);
  // The writer has begun when the file has grown.
  while (statSync(path).size === bytes) await setTimeout(5);
  const refused = { code: "file-changing", message: /^log\.bin changes while it is read: / };
  await assert.rejects(contents.inspect(uri, 1e12), refused);
  await assert.rejects(contents.take(uri, 1e12), refused);
});

test(
  "a file that outgrows the limit while it is read is refused",
  { timeout: 60_000 },
  async (t) => {
    const { contents, file, folder } = place(t);
    const uri = file("log.txt", "x".repeat(1024 * 1024));
    meanwhile(t, join(folder, "log.txt"), `appendFileSync(path, "y".repeat(1000));`);
    const errors = new Set<string>();
    while (!errors.has("file-too-large")) {
      await contents.inspect(uri, 4 * 1024 * 1024).catch(({ code }) => errors.add(code));
    }
    assert.deepEqual(
      [...errors].filter((code) => !code.startsWith("file-")),
      [],
    );
  },
);

test("a file that is replaced all the time is never read half", { timeout: 60_000 }, async (t) => {
  const { contents, folder } = place(t);
  const path = join(folder, "data.txt");
  const versions = ["a", "b"].map((letter) => letter.repeat(3 * 1024 * 1024));
  writeFileSync(path, versions[0] ?? "");
  meanwhile(
    t,
    path,
    `writeFileSync(path + ".new", "ab"[round % 2].repeat(${3 * 1024 * 1024})); renameSync(path + ".new", path);`,
  );
  const whole = new Set(versions.map(idOf));
  const uri = pathToFileURL(path).href;
  for (let round = 0; round < 10; round++) {
    const outcome = await contents.take(uri, limit).catch(({ code }) => code);
    if (typeof outcome === "string") assert.equal(outcome, "file-changing");
    else {
      assert.ok(whole.has(outcome.content.contentId));
      const source = { contentId: outcome.content.contentId, uri: "file:///none" };
      assert.equal(idOf(await contents.read(source)), source.contentId);
    }
  }
});

test(
  "a file that vanishes is missing, or was read whole before",
  { timeout: 60_000 },
  async (t) => {
    const { contents, folder } = place(t);
    const path = join(folder, "data.txt");
    const text = "x".repeat(2 * 1024 * 1024);
    meanwhile(
      t,
      path,
      `writeFileSync(path + ".new", "x".repeat(${text.length})); renameSync(path + ".new", path); rmSync(path);`,
    );
    const codes = new Set(["file-missing", "file-changing"]);
    let missing = 0;
    for (let round = 0; round < 40 || missing === 0; round++) {
      const outcome = await contents
        .inspect(pathToFileURL(path).href, limit)
        .catch(({ code }) => code);
      if (outcome === "file-missing") missing++;
      if (typeof outcome === "string") assert.ok(codes.has(outcome), outcome);
      else assert.equal(outcome.content.contentId, idOf(text));
    }
  },
);
