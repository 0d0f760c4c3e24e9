import assert from "node:assert/strict";
import { join } from "node:path";
import type { Activation } from "./children/activate.ts";
import { builtExtension } from "./built-extension.ts";
import { inChild } from "./in-child.ts";
import { median, milliseconds } from "./numbers.ts";
import { inFolder } from "./places.ts";
import type { Row } from "./result.ts";
import { rounds } from "./rounds.ts";

const processes = 11;
const wantedRequire = 30;
const wantedActivate = 100;

/** The built extension in new processes: the time to load and to activate it, and what activation reaches outside of its process. */
export async function benchActivation(): Promise<readonly Row[]> {
  const folder = await builtExtension();
  const times = await rounds(processes, () => activateIn(folder));
  const watched = await activateIn(folder, "watch");
  assertQuiet(watched, folder);
  const first = { require: times[0]?.require ?? 0, activate: times[0]?.activate ?? 0 };
  const loading = median(times.map((each) => each.require));
  const activating = median(times.map(({ activate }) => activate));
  return [
    {
      what: "activation: require of the main bundle",
      measured: milliseconds(loading),
      target: `under ${wantedRequire} ms`,
      ok: loading < wantedRequire,
      detail: `median of ${processes} processes, the first ${milliseconds(first.require)}`,
    },
    {
      what: "activation: activate",
      measured: milliseconds(activating),
      target: `under ${wantedActivate} ms`,
      ok: activating < wantedActivate,
      detail: `median of ${processes} processes, the first ${milliseconds(first.activate)}; vscode is a stub`,
    },
    {
      what: "activation: files, connections and threads",
      measured: String(watched.whileActivated.length),
      target: "none before first use",
      ok: watched.whileActivated.length === 0,
      detail: `${watched.onFirstUse.length} calls seen when the tree was opened`,
    },
  ];
}

function activateIn(folder: string, ...watch: readonly "watch"[]): Promise<Activation> {
  return inFolder((temporary) =>
    inChild(new URL("./children/activate.ts", import.meta.url), [
      folder,
      join(temporary, "store"),
      ...watch,
    ]),
  );
}

function assertQuiet(watched: Activation, folder: string): void {
  assert.ok(
    watched.onFirstUse.some((call) => call.startsWith("worker_threads.Worker")),
    "the watch is blind: it saw no thread when the tree was opened",
  );
  assert.deepEqual(watched.whileActivated, [], "activation reached outside of its process");
  assert.equal(watched.madeStore, false, "activation made a folder");
  // Node's own loader reads the bundle, and looks for links and for the package's type on the way.
  const loader = /^fs\.(readFileSync|lstatSync|statSync|realpathSync|toRealPath) /u;
  const others = watched.whileRequired.filter(
    (call) => !loader.test(call) || !(call.includes(join(folder, "dist")) || isAbove(call, folder)),
  );
  assert.deepEqual(others, [], "loading the bundle reached outside of its process");
}

/** True for a call on the folder itself or one above it: the loader looks at each for links. */
function isAbove(call: string, folder: string): boolean {
  const path = call.slice(call.indexOf(" ") + 1);
  return folder.startsWith(path) || path === join(folder, "package.json");
}
