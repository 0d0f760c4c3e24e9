import { globSync, readFileSync } from "node:fs";
import { resolve } from "node:path";

const largest = 6_000_000;

/** What a process that reads files loads on first use: a bundle for each module that is imported so. */
const readers: readonly string[] = globSync("**/*.ts", { cwd: folderOfDigests() }).flatMap((file) =>
  Array.from(
    readFileSync(resolve(folderOfDigests(), file), "utf8").matchAll(
      /import\("\.{1,2}\/(?:[\w-]+\/)*([\w-]+)\.ts"\)/gu,
    ),
    ([, module]) => `extension/dist/${module}.cjs`,
  ),
);

function folderOfDigests(): string {
  return resolve(import.meta.dirname, "../../src/digests");
}

/** All that may be in the packed extension, and must be. */
export const allowed: ReadonlySet<string> = new Set([
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
  "extension/dist/digests-process.cjs",
  ...readers,
  "extension/dist/texts-thread.cjs",
  "extension/dist/openai.cjs",
  "extension/dist/openai-sdk.cjs",
  "extension/dist/compatible.cjs",
  "extension/dist/anthropic.cjs",
  "extension/dist/gemini.cjs",
  "extension/dist/moonshot.cjs",
  "extension/dist/zhipu.cjs",
  "extension/dist/supabase.cjs",
  "extension/dist/supabase.cjs",
  "extension/dist/local.cjs",
  "extension/dist/third-party-licenses.txt",
  "extension/dist/tiktoken_bg.wasm",
  "extension/dist/o200k_base.json",
  "extension/dist/grammars/web-tree-sitter.wasm",
  "extension/dist/grammars/tree-sitter-bash.wasm",
  "extension/dist/grammars/tree-sitter-cpp.wasm",
  "extension/dist/grammars/tree-sitter-css.wasm",
  "extension/dist/grammars/tree-sitter-go.wasm",
  "extension/dist/grammars/tree-sitter-java.wasm",
  "extension/dist/grammars/tree-sitter-javascript.wasm",
  "extension/dist/grammars/tree-sitter-php.wasm",
  "extension/dist/grammars/tree-sitter-python.wasm",
  "extension/dist/grammars/tree-sitter-ruby.wasm",
  "extension/dist/grammars/tree-sitter-rust.wasm",
  "extension/dist/grammars/tree-sitter-tsx.wasm",
  "extension/dist/grammars/tree-sitter-typescript.wasm",
]);

/** What is wrong with a packed extension of these files and this size in bytes: empty if nothing is. */
export function problemsOf(vsix: {
  readonly names: readonly string[];
  readonly size: number;
}): readonly string[] {
  const surplus = vsix.names.filter((name) => !allowed.has(name));
  const missing = [...allowed].filter((name) => !vsix.names.includes(name));
  return [
    ...(surplus.length > 0 ? [`holds files that are not on the list: ${surplus.join(", ")}`] : []),
    ...(missing.length > 0 ? [`lacks ${missing.join(", ")}`] : []),
    ...(vsix.size > largest ? [`has ${vsix.size} bytes, its budget is ${largest}`] : []),
  ];
}
