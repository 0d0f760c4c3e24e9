// Builds the extension into dist/. A dynamic import of our own code becomes a bundle of its own, loaded on first use; worker threads and
// child processes are entries, too. The build fails when the main bundle grows over its budget: every byte of it is read when a window opens.
import { build } from "esbuild";
import { cp, glob, readFile, rm, stat, writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";

const out = resolve(import.meta.dirname, "dist");
/** Languages that have an outline by grammar. That of C# is not among them: broken source can make it take all memory. */
const grammars = "bash cpp css go java javascript php python ruby rust tsx typescript".split(" ");

const mainBudget = 300_000;

/** Found by `import("./x.ts")` while bundling: file → bundle. */
const lazy = new Map();

const splitDynamicImports = {
  name: "split-dynamic-imports",
  setup({ onResolve }) {
    onResolve({ filter: /^\.{1,2}\/.*\.ts$/ }, ({ kind, path, resolveDir }) => {
      if (kind !== "dynamic-import") return undefined;
      const file = resolve(resolveDir, path);
      const bundle = basename(path, ".ts");
      for (const [other, name] of lazy)
        if (name === bundle && other !== file)
          throw new Error(`${other} and ${file} are both ${bundle}.cjs`);
      lazy.set(file, bundle);
      return { path: `./${bundle}.cjs`, external: true };
    });
  },
};

/** SDKs that several adapters speak through: one bundle each, instead of a copy in every adapter. */
const shared = { openai: "openai-sdk" };

const shareSdks = {
  name: "share-sdks",
  setup({ onResolve }) {
    onResolve({ filter: /^openai$/ }, ({ path, kind }) =>
      kind === "entry-point" ? undefined : { path: `./${shared[path]}.cjs`, external: true },
    );
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
  metafile: true,
  minify: true,
  sourcemap: "external",
  sourcesContent: false,
  // `require` loads lazily split bundles in every host; native import() of a CommonJS file would hide its named exports.
  supported: { "dynamic-import": false },
  plugins: [splitDynamicImports],
  // A bundle is CommonJS: so must be what asks where its own file lies.
  alias: { "web-tree-sitter": resolve("node_modules/web-tree-sitter/web-tree-sitter.cjs") },
  define: { "import.meta.dirname": "__dirname" },
  logLevel: "warning",
};

await rm(out, { recursive: true, force: true });
const main = await build({
  ...options,
  entryPoints: [
    "src/extension.ts",
    "src/store/registry-thread.ts",
    "src/store/contents-thread.ts",
    "src/tokens/tokens-thread.ts",
    "src/digests/digests-process.ts",
    "src/texts/texts-thread.ts",
  ],
  entryNames: "[name]",
});
// What is loaded on first use may load something on first use, too.
const split = [];
for (let left = [...lazy], done = 0; left.length > 0; left = [...lazy].slice(done)) {
  done += left.length;
  split.push(
    await build({
      ...options,
      plugins: [splitDynamicImports, shareSdks],
      entryPoints: left.map(([file, bundle]) => ({ in: file, out: bundle })),
    }),
  );
}
const sdks = await build({
  ...options,
  entryPoints: Object.entries(shared).map(([name, bundle]) => ({ in: name, out: bundle })),
});
await cp("node_modules/tiktoken/lite/tiktoken_bg.wasm", join(out, "tiktoken_bg.wasm"));
await cp("node_modules/tiktoken/encoders/o200k_base.json", join(out, "o200k_base.json"));
await cp(
  "node_modules/web-tree-sitter/web-tree-sitter.wasm",
  join(out, "grammars/web-tree-sitter.wasm"),
);
for (const name of grammars) {
  const file = `tree-sitter-${name}.wasm`;
  await cp(join("node_modules/@vscode/tree-sitter-wasm/wasm", file), join(out, "grammars", file));
}

await writeLicenses([main, ...split, sdks]);

const { size } = await stat(join(out, "extension.cjs"));
if (size > mainBudget)
  throw new Error(`dist/extension.cjs has ${size} bytes, its budget is ${mainBudget}`);

/** The licences of all packages whose code is in the bundles ask to go with it. */
async function writeLicenses(builds) {
  const inputs = builds.flatMap(({ metafile }) => Object.keys(metafile.inputs));
  const folders = new Set(
    inputs.flatMap((file) => /^.*node_modules\/(@[^/]+\/)?[^/]+/u.exec(file)?.[0] ?? []),
  );
  const texts = await Promise.all(
    [...folders, "node_modules/@vscode/tree-sitter-wasm"]
      .toSorted((one, other) => one.localeCompare(other))
      .map(licenseOf),
  );
  await writeFile(join(out, "third-party-licenses.txt"), texts.join(`\n${"-".repeat(80)}\n\n`));
}

async function licenseOf(folder) {
  const { name, version, license } = JSON.parse(
    await readFile(join(folder, "package.json"), "utf8"),
  );
  const [file] = await Array.fromAsync(glob("{LICENSE,LICENCE,license}*", { cwd: folder }));
  const text =
    file === undefined ? `Licence: ${license}\n` : await readFile(join(folder, file), "utf8");
  return `${name} ${version}\n\n${text}`;
}
