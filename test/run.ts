/**
 * Runs all tests, a file at a time in a process of its own, and fails if a file holds none: an empty file would pass in silence. What drives a real VS Code
 * or kills processes wants the machine for itself; of the other files two run at once.
 */
import { globSync } from "node:fs";
import { relative, resolve, sep } from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";

const root = resolve(import.meta.dirname, "..");
const patterns = process.argv.length > 2 ? process.argv.slice(2) : ["test/**/*.test.ts"];
const exclude = ["test/demo/workspace/**"];
const found = globSync(patterns, { cwd: root, exclude }).map((file) => resolve(root, file));
const alone: ReadonlySet<string> = new Set(["crash", "demo", "e2e", "real-vscode"]);
const files = {
  alone: found.filter((file) => alone.has(folderOf(file))),
  together: found.filter((file) => !alone.has(folderOf(file))),
};

const empty = [...(await runAll(files.together, 2)), ...(await runAll(files.alone, 1))];
if (found.length === 0 || empty.length > 0) {
  console.error(
    found.length === 0
      ? `no test file fits ${patterns.join(" ")}`
      : `no test in ${empty.join(", ")}`,
  );
  process.exitCode = 1;
}

/** The folder of `test` that a file lies in. */
function folderOf(file: string): string {
  return relative(resolve(root, "test"), file).split(sep)[0] ?? "";
}

/** Returns the files without tests. */
async function runAll(some: readonly string[], concurrency: number): Promise<readonly string[]> {
  const withTests = new Set<string>();
  if (some.length === 0) return [];
  const events = run({ files: [...some], concurrency, timeout: 300_000 });
  events.on("test:fail", () => (process.exitCode = 1));
  events.on("test:summary", ({ file, counts }) => {
    if (file !== undefined && counts.tests > 0) withTests.add(file);
  });
  for await (const text of events.compose(spec)) process.stdout.write(text);
  return some.filter((file) => !withTests.has(file));
}
