/** Compares the packed extension with the list of what may be in it: a leftover, a key file or a source map must never be published. */
import { readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { listZip } from "./list-zip.ts";
import { problemsOf } from "./vsix-contents.ts";

const vsix = resolve(import.meta.dirname, "../../dist/satchel.vsix");
const names = listZip(await readFile(vsix));
const { size } = await stat(vsix);
const problems = problemsOf({ names, size });

if (problems.length > 0) throw new Error(`dist/satchel.vsix ${problems.join(", and ")}`);
console.log(
  `dist/satchel.vsix: ${names.length} files, ${(size / 1_000_000).toFixed(2)} MB, as listed`,
);
