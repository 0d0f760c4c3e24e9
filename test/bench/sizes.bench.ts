import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { builtExtension, isBuilt, root } from "./built-extension.ts";
import { megabytes } from "./numbers.ts";
import type { Row } from "./result.ts";

const mainBudget = 300_000;
const packageBudget = 6_000_000;

/** The bytes that are read when a window opens, and those that are downloaded. */
export async function benchSizes(): Promise<readonly Row[]> {
  const main = statSync(join(await builtExtension(), "dist", "extension.cjs")).size;
  return [
    {
      what: "size of the main bundle",
      measured: `${main.toLocaleString("en")} bytes`,
      target: `at most ${mainBudget.toLocaleString("en")} bytes`,
      ok: main <= mainBudget,
      detail: "dist/extension.cjs, built from the sources as they are now",
    },
    packageRow(join(root, "dist", "satchel.vsix")),
  ];
}

function packageRow(file: string): Row {
  const size = existsSync(file) ? statSync(file).size : undefined;
  const age = isBuilt(file) ? "built after the last change" : "older than the sources";
  return {
    what: "size of the VSIX",
    measured: size === undefined ? "–" : megabytes(size),
    target: `at most ${megabytes(packageBudget)}`,
    ok: size === undefined ? undefined : size <= packageBudget,
    detail: size === undefined ? "not there: npm run package makes it" : age,
  };
}
