import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { tablesFile, withTables } from "./capability-table.ts";

test("the tables of providers and models are those of the code", async () => {
  const text = await readFile(tablesFile, "utf8");
  const isUpToDate = text === (await withTables(text));
  assert.ok(
    isUpToDate,
    "src/providers/README.md is out of date: run node test/project/capability-table.ts --write",
  );
});

test("a file without the markers is not overwritten", async () => {
  await assert.rejects(withTables("# Providers\n"), /has lost its markers/u);
});
