/** Runs all tests, a file at a time in a process of its own, and fails if a file holds none: an empty file would pass in silence. */
import { globSync } from "node:fs";
import { resolve } from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";

const root = resolve(import.meta.dirname, "..");
const patterns = process.argv.length > 2 ? process.argv.slice(2) : ["test/**/*.test.ts"];
const files = globSync(patterns, { cwd: root, exclude: ["test/demo/workspace/**"] }).map((file) =>
  resolve(root, file),
);
const counts = new Map(files.map((file) => [file, 0]));

const events = run({ files, concurrency: 1, timeout: 300_000 });
events.on("test:fail", () => (process.exitCode = 1));
for (const kind of ["test:pass", "test:fail"] as const) {
  events.on(kind, ({ file, name, details }) => {
    // A file without tests is reported as a test with the name of the file.
    const isTest = file !== undefined && details.type !== "suite" && resolve(name) !== file;
    if (isTest) counts.set(file, (counts.get(file) ?? 0) + 1);
  });
}
events.on("end", () => {
  const empty = [...counts].filter(([, count]) => count === 0).map(([file]) => file);
  if (files.length > 0 && empty.length === 0) return;
  console.error(
    files.length === 0
      ? `no test file fits ${patterns.join(" ")}`
      : `no test in ${empty.join(", ")}`,
  );
  process.exitCode = 1;
});
events.compose(spec).pipe(process.stdout);
