// Run: node test/bench/run.ts [name of a bench ...]
// Runs the benches one after the other and prints one table. Exits with 1 only if a check inside a bench fails: a slow machine fails nothing.
import { availableParallelism, cpus, loadavg, release, totalmem, type } from "node:os";
import { benchActivation } from "./activation.bench.ts";
import { benchAdd } from "./add.bench.ts";
import { benchHash } from "./hash.bench.ts";
import { benchMemory } from "./memory.bench.ts";
import { benchPack } from "./pack.bench.ts";
import { benchRegistry } from "./registry.bench.ts";
import { benchRequest } from "./request.bench.ts";
import type { Bench, Row } from "./result.ts";
import { benchSessionCost } from "./session-cost/session-cost.bench.ts";
import { benchSizes } from "./sizes.bench.ts";
import { benchTokens } from "./tokens.bench.ts";

const benches: Readonly<Record<string, Bench>> = {
  tokens: benchTokens,
  hash: benchHash,
  add: benchAdd,
  pack: benchPack,
  request: benchRequest,
  activation: benchActivation,
  sizes: benchSizes,
  memory: benchMemory,
  registry: benchRegistry,
  "session-cost": benchSessionCost,
};

const asked = process.argv.slice(2);
for (const name of asked) {
  if (!Object.hasOwn(benches, name)) {
    throw new Error(`there is no bench ${name}, only ${Object.keys(benches).join(", ")}`);
  }
}
// Another program's work makes every number worse: the load before ours tells how much to believe them.
const [load = 0] = loadavg();
const names = asked.length > 0 ? asked : Object.keys(benches);
const rows: Row[] = [];
for (const name of names) rows.push(...(await runBench(name)));
console.log(`\n${machine()}\n\n${table(rows)}`);

async function runBench(name: string): Promise<readonly Row[]> {
  const start = performance.now();
  try {
    const found = await benches[name]?.();
    console.error(`${name}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
    return found ?? [];
  } catch (error) {
    process.exitCode = 1;
    console.error(`${name}:`, error);
    return [{ what: name, measured: "–", target: "–", ok: false, detail: "its check failed" }];
  }
}

function machine(): string {
  const memory = `${Math.round(totalmem() / 2 ** 30)} GB of memory`;
  const processor = `${availableParallelism()} cores (${cpus()[0]?.model.trim() ?? "unknown"})`;
  return `${processor}, ${memory}, Node ${process.version}, ${type()} ${release()} ${process.arch}, load ${load.toFixed(1)} at the start`;
}

function table(shown: readonly Row[]): string {
  const cells = [
    ["what", "measured", "target", "", "detail"],
    ...shown.map((row) => [row.what, row.measured, row.target, verdict(row), row.detail]),
  ];
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(...cells.map((line) => line[column]?.length ?? 0)),
  );
  return cells
    .map((line) => line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  "))
    .map((line) => line.trimEnd())
    .join("\n");
}

function verdict({ ok }: Row): string {
  if (ok === undefined) return "–";
  return ok ? "held" : "NOT HELD";
}
