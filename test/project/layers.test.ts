import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";

const root = resolve(import.meta.dirname, "../..");

interface Planted {
  readonly file: string;
  readonly source: string;
  /** Part of what the linter must say about this file. */
  readonly expected: RegExp;
}

/** One violation of each rule that keeps the house in order, planted in an empty copy of it. */
const violations: readonly Planted[] = [
  planted("core/a-package.ts", 'import OpenAI from "openai";', /core imports no package/u),
  planted("core/b-node.ts", 'import { readFile } from "node:fs";', /core imports no package/u),
  planted(
    "core/c-vscode-type.ts",
    'import type { Uri } from "vscode";',
    /core imports no package/u,
  ),
  planted("core/d-store.ts", 'import { x } from "../store/x.ts";', /core imports only core/u),
  planted(
    "core/files/e-provider.ts",
    'import { x } from "../../providers/x.ts";',
    /core imports only core/u,
  ),
  planted("core/f-wiring.ts", 'import { x } from "../extension.ts";', /core imports only core/u),
  planted(
    "providers/a-core.ts",
    'import { x } from "../core/files/x.ts";',
    /providers know only the ports/u,
  ),
  planted(
    "providers/b-node.ts",
    'import { readFile } from "node:fs";',
    /vendor's SDK and web standards/u,
  ),
  planted(
    "providers/b-package.ts",
    'import { watch } from "chokidar";',
    /vendor's SDK and web standards/u,
  ),
  planted("providers/c-vscode.ts", 'import { Uri } from "vscode";', /know VS Code/u),
  planted(
    "providers/d-store.ts",
    'import { x } from "../store/x.ts";',
    /providers know only core/u,
  ),
  planted(
    "store/a-provider.ts",
    'import { x } from "../providers/x.ts";',
    /store knows only core/u,
  ),
  planted("store/b-tokens.ts", 'import { x } from "../tokens/x.ts";', /store knows only core/u),
  planted("store/c-vscode.ts", 'import { Uri } from "vscode";', /know VS Code/u),
  planted("tokens/a-store.ts", 'import { x } from "../store/x.ts";', /tokens knows only core/u),
  planted("tokens/b-vscode.ts", 'import { Uri } from "vscode";', /know VS Code/u),
  planted("digests/a-store.ts", 'import { x } from "../store/x.ts";', /digests knows only core/u),
  planted("digests/b-vscode.ts", 'import { Uri } from "vscode";', /know VS Code/u),
  planted("texts/a-store.ts", 'import { x } from "../store/x.ts";', /texts knows only core/u),
  planted("texts/b-vscode.ts", 'import { Uri } from "vscode";', /know VS Code/u),
  planted("tokens/c-texts.ts", 'import { x } from "../texts/x.ts";', /tokens knows only core/u),
  planted("threads/a-store.ts", 'import { x } from "../store/x.ts";', /threads knows only core/u),
  planted("vscode/a-node.ts", 'import { readFile } from "node:fs";', /through core's ports/u),
  planted("vscode/b-provider.ts", 'import { x } from "../providers/x.ts";', /hands the parts in/u),
  planted("vscode/chat/c-store.ts", 'import { x } from "../../store/x.ts";', /hands the parts in/u),
  planted("vscode/d-test.ts", 'import { x } from "../../test/x.ts";', /hands the parts in/u),
  planted("headless/a-store.ts", 'import { x } from "../store/x.ts";', /headless knows only core/u),
  planted("headless/b-vscode.ts", 'import { Uri } from "vscode";', /know VS Code/u),
  planted(
    "headless/open-parts.ts",
    'import { x } from "../providers/x.ts";',
    /open-parts\.ts puts the parts/u,
  ),
  planted("core/cycle-one.ts", 'import { x } from "./cycle-two.ts";', /no-cycle/u),
  planted(
    "core/cycle-two.ts",
    'import { x as y } from "./cycle-one.ts";\nexport const z: number = y;',
    /no-cycle/u,
  ),
  planted("core/default.ts", "export default 1;", /no-default-export/u),
  planted(
    "core/barrel.ts",
    'export * from "./a-package.ts";\nexport * from "./b-node.ts";',
    /barrel/u,
  ),
  planted("core/NotKebab.ts", "", /filename-case/u),
  planted(
    "vscode/floating.ts",
    "export function f(work: Promise<void>): void {\n  work;\n}",
    /no-floating-promises/u,
  ),
  planted(
    "core/any.ts",
    "export function f(value: any): void {\n  value();\n}",
    /no-explicit-any/u,
  ),
];

const allowed: readonly Planted[] = [
  planted("core/files/good.ts", 'import { x } from "../errors.ts";', /^$/u),
  planted(
    "providers/sdk.ts",
    'import OpenAI from "openai";\nimport { toFile } from "openai/uploads";',
    /^$/u,
  ),
  planted(
    "providers/good.ts",
    'import { x } from "../core/ports/x.ts";\nimport { y } from "../core/errors.ts";\nexport const z = y;',
    /^$/u,
  ),
  planted(
    "store/good.ts",
    'import { x } from "../core/files/x.ts";\nimport "node:fs";\nimport "../threads/x.ts";',
    /^$/u,
  ),
  planted(
    "texts/good.ts",
    'import { x } from "../core/ports/x.ts";\nimport { y } from "../threads/x.ts";\nimport { diffLines } from "diff";\nexport const z = diffLines;',
    /^$/u,
  ),
  planted(
    "headless/good.ts",
    'import { x } from "../core/files/x.ts";\nimport { y } from "./open-parts.ts";\nexport const z = y;',
    /^$/u,
  ),
  planted(
    "vscode/good.ts",
    'import { x } from "../core/files/x.ts";\nimport { Uri } from "vscode";\nexport const z = Uri;',
    /^$/u,
  ),
];

function planted(file: string, source: string, expected: RegExp): Planted {
  return { file: `src/${file}`, source, expected };
}

let house: string;
let complaints: ReadonlyMap<string, string>;

before(async () => {
  house = await mkdtemp(join(tmpdir(), "satchel-layers-"));
  for (const name of [".oxlintrc.json", "tsconfig.json"])
    await cp(join(root, name), join(house, name));
  await symlink(join(root, "node_modules"), join(house, "node_modules"));
  for (const { file, source } of [...violations, ...allowed]) {
    await mkdir(dirname(join(house, file)), { recursive: true });
    await writeFile(join(house, file), source);
  }
  complaints = await lint(house);
});

after(() => rm(house, { recursive: true, force: true }));

for (const { file, expected } of violations) {
  test(`the linter refuses ${file}: ${expected.source}`, () =>
    assert.match(complaints.get(file) ?? "", expected));
}

for (const { file } of allowed) {
  test(`the linter has nothing against the layers of ${file}`, () => {
    assert.doesNotMatch(complaints.get(file) ?? "", /no-restricted-imports/u);
  });
}

/** What the linter says, by file. */
async function lint(folder: string): Promise<ReadonlyMap<string, string>> {
  const oxlint = join(root, "node_modules/oxlint/bin/oxlint");
  const run = promisify(execFile)(process.execPath, [oxlint, "--format", "json", "src"], {
    cwd: folder,
  });
  const { stdout } = await run.catch((failure: { stdout: string }) => failure);
  const { diagnostics } = JSON.parse(stdout) as {
    diagnostics: { filename: string; code: string; message: string; help?: string }[];
  };
  const byFile = Map.groupBy(diagnostics, ({ filename }) => filename.replaceAll("\\", "/"));
  return new Map(
    [...byFile].map(([file, found]) => [
      file,
      found.map(({ code, message, help }) => `${code} ${message} ${help}`).join("\n"),
    ]),
  );
}
