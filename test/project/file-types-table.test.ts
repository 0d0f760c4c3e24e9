import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { knownExtensions, typesFile, withTypes } from "./file-types-table.ts";

test("the table of file types is that of the code", async () => {
  const text = await readFile(typesFile, "utf8");
  const isUpToDate = text === withTypes(text);
  assert.ok(
    isUpToDate,
    "src/digests/README.md is out of date: run node test/project/file-types-table.ts --write",
  );
});

test("a file without the markers is not overwritten", () => {
  assert.throws(() => withTypes("# Digests\n"), /has lost its markers/u);
});

test("no type of file is forgotten, and each is written as file names are compared", () => {
  const known = knownExtensions();
  assert.ok(known.length >= 80, `${known.length} extensions`);
  for (const extension of known) assert.match(extension, /^[a-z0-9_+-]{1,16}$/u);
});
