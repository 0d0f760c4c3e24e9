/** Runs the harnesses of `test/crash` and of the context engine, or those that are named, with their larger figures, and prints what each of them did. */
import { globSync } from "node:fs";
import { basename, resolve } from "node:path";
import { run } from "node:test";

process.env["SATCHEL_TORTURE"] = "1";
const folder = import.meta.dirname;
const patterns = [
  "crash/*.test.ts",
  "core/context/text/fence.test.ts",
  "core/context/sessions/*.test.ts",
];
const wanted = process.argv.slice(2);
const files = globSync(patterns, { cwd: folder })
  .filter((file) => wanted.length === 0 || wanted.includes(basename(file, ".test.ts")))
  .toSorted()
  .map((file) => resolve(folder, file));
if (files.length === 0) throw new Error(`no harness is named ${wanted.join(" or ")}`);

const startedAt = performance.now();
let running: string | undefined;
const events = run({ files, concurrency: 1 });
events.on("test:dequeue", ({ file }) => {
  if (file === running || file === undefined) return;
  running = file;
  console.log(`\n${basename(file, ".test.ts")}`);
});
events.on("test:pass", ({ name, skip, details }) => {
  const how = skip === undefined ? `passed in ${seconds(details.duration_ms)}` : String(skip);
  console.log(`  ${name}: ${how}`);
});
events.on("test:fail", ({ name, details }) => {
  console.log(`  ${name}: FAILED after ${seconds(details.duration_ms)}`);
  console.log(details.error.cause ?? details.error);
  process.exitCode = 1;
});
events.on("test:diagnostic", ({ message, file }) => {
  if (file !== undefined) console.log(`    ${message}`);
});
events.on("end", () => console.log(`\nAll in ${seconds(performance.now() - startedAt)}`));
events.resume();

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
