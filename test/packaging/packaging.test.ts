import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { listZip } from "./list-zip.ts";
import { allowed, problemsOf } from "./vsix-contents.ts";

const root = resolve(import.meta.dirname, "../..");

test("the packed extension holds exactly what is on the list", async () => {
  const vsix = await readFile(join(root, "dist/satchel.vsix"));
  assert.deepEqual(problemsOf({ names: listZip(vsix), size: vsix.length }), []);
});

test("a file that is not on the list is refused, and so are a missing one and too many bytes", () => {
  const names = [...allowed];
  const check = (changed: readonly string[], size: number, expected: RegExp): void =>
    assert.match(problemsOf({ names: changed, size }).join(), expected);
  check([...names, "extension/.env"], 1, /not on the list: extension\/\.env/u);
  check([...names, "extension/dist/extension.cjs.map"], 1, /not on the list/u);
  check(names.slice(1), 1, /lacks \[Content_Types\]\.xml/u);
  check(names, 6_000_001, /its budget is 6000000/u);
});

test("the build fails when the main bundle grows over its budget", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "satchel-build-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  for (const name of ["src", "node_modules"]) await symlink(join(root, name), join(folder, name));
  await cp(join(root, "package.json"), join(folder, "package.json"));
  const config = await readFile(join(root, "esbuild.config.mjs"), "utf8");
  const tight = config.replace(/mainBudget = [\d_]+/u, "mainBudget = 1_000");
  assert.notEqual(tight, config);
  await writeFile(join(folder, "esbuild.config.mjs"), tight);
  const building = promisify(execFile)(process.execPath, ["esbuild.config.mjs"], { cwd: folder });
  await assert.rejects(building, /dist\/extension\.cjs has \d+ bytes, its budget is 1000/u);
});
