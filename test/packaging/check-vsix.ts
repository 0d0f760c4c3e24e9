/** Compares the packed extension with the list of what may be in it: a leftover, a key file or a source map must never be published. */
import { readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { listZip } from "./list-zip.ts";

const vsix = resolve(import.meta.dirname, "../../dist/satchel.vsix");
const largest = 6_000_000;

const allowed: ReadonlySet<string> = new Set([
  "[Content_Types].xml",
  "extension.vsixmanifest",
  "extension/package.json",
  "extension/readme.md",
  "extension/changelog.md",
  "extension/LICENSE.txt",
  "extension/media/icon.svg",
  "extension/media/icon.png",
  "extension/dist/extension.cjs",
  "extension/dist/registry-thread.cjs",
  "extension/dist/contents-thread.cjs",
  "extension/dist/tokens-thread.cjs",
  "extension/dist/openai.cjs",
  "extension/dist/local.cjs",
  "extension/dist/tiktoken_bg.wasm",
  "extension/dist/o200k_base.json",
]);

const found = new Set(listZip(await readFile(vsix)));
const surplus = [...found].filter((name) => !allowed.has(name));
const missing = [...allowed].filter((name) => !found.has(name));
const { size } = await stat(vsix);

if (surplus.length > 0)
  throw new Error(`dist/satchel.vsix holds files that are not on the list: ${surplus.join(", ")}`);
if (missing.length > 0) throw new Error(`dist/satchel.vsix lacks ${missing.join(", ")}`);
if (size > largest)
  throw new Error(`dist/satchel.vsix has ${size} bytes, its budget is ${largest}`);
console.log(
  `dist/satchel.vsix: ${found.size} files, ${(size / 1_000_000).toFixed(2)} MB, as listed`,
);
