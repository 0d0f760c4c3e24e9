// Builds the extension into dist/. A dynamic import of our own code becomes a bundle of its own, loaded on first use; worker threads are
// entries, too. The build fails when the main bundle grows over its budget: every byte of it is read when a window opens.
import { build } from "esbuild";
import { cp, rm, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";

const out = resolve(import.meta.dirname, "dist");
const mainBudget = 300_000;

/** Found by `import("./x.ts")` while bundling: file → bundle. */
const lazy = new Map();

const splitDynamicImports = {
  name: "split-dynamic-imports",
  setup({ onResolve }) {
    onResolve({ filter: /^\.{1,2}\/.*\.ts$/ }, ({ kind, path, resolveDir }) => {
      if (kind !== "dynamic-import") return undefined;
      const bundle = basename(path, ".ts");
      lazy.set(resolve(resolveDir, path), bundle);
      return { path: `./${bundle}.cjs`, external: true };
    });
  },
};

const options = {
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node22",
  external: ["vscode"],
  outdir: out,
  outExtension: { ".js": ".cjs" },
  minify: true,
  sourcemap: "external",
  sourcesContent: false,
  // `require` loads lazily split bundles in every host; native import() of a CommonJS file would hide its named exports.
  supported: { "dynamic-import": false },
  plugins: [splitDynamicImports],
  logLevel: "warning",
};

await rm(out, { recursive: true, force: true });
await build({
  ...options,
  entryPoints: [
    "src/extension.ts",
    "src/store/registry-thread.ts",
    "src/store/contents-thread.ts",
    "src/tokens/tokens-thread.ts",
  ],
  entryNames: "[name]",
});
await build({
  ...options,
  entryPoints: [...lazy].map(([file, bundle]) => ({ in: file, out: bundle })),
});
await cp("node_modules/tiktoken/lite/tiktoken_bg.wasm", join(out, "tiktoken_bg.wasm"));
await cp("node_modules/tiktoken/encoders/o200k_base.json", join(out, "o200k_base.json"));

const { size } = await stat(join(out, "extension.cjs"));
if (size > mainBudget)
  throw new Error(`dist/extension.cjs has ${size} bytes, its budget is ${mainBudget}`);
