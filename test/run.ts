/** Runs all tests, a file at a time in a process of its own, and fails if a file holds none: an empty file would pass in silence. */
import { globSync } from "node:fs";
import { resolve } from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";

const root = resolve(import.meta.dirname, "..");
const patterns = process.argv.length > 2 ? process.argv.slice(2) : ["test/**/*.test.ts"];
const exclude = ["test/demo/workspace/**"];
const files = globSync(patterns, { cwd: root, exclude }).map((file) => resolve(root, file));
const withTests = new Set<string>();

const events = run({ files, concurrency: 1, timeout: 300_000 });
events.on("test:fail", () => (process.exitCode = 1));
events.on("test:summary", ({ file, counts }) => {
  if (file !== undefined && counts.tests > 0) withTests.add(file);
});
events.on("end", () => {
  const empty = files.filter((file) => !withTests.has(file));
  if (files.length > 0 && empty.length === 0) return;
  console.error(
    files.length === 0
      ? `no test file fits ${patterns.join(" ")}`
      : `no test in ${empty.join(", ")}`,
  );
  process.exitCode = 1;
});
events.compose(spec).pipe(process.stdout);
