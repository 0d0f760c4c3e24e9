// Run: node activate.ts <folder of the extension> <folder of its store> [watch]
// Loads and activates the built extension in this process, and prints an `Activation` as JSON.
import { existsSync } from "node:fs";
import { createRequire, Module } from "node:module";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { contextStub, openTree, vscodeStub } from "./vscode-stub.ts";
import { watchDoors } from "./watch-doors.ts";

/** Times in milliseconds, and what was reached meanwhile if that was watched. */
export interface Activation {
  readonly require: number;
  readonly activate: number;
  readonly whileRequired: readonly string[];
  /** During `activate` and for a while after it. */
  readonly whileActivated: readonly string[];
  readonly madeStore: boolean;
  /** Proves that the watch sees what is there to be seen. */
  readonly onFirstUse: readonly string[];
}

interface Extension {
  activate(context: object): unknown;
}

const [extensionFolder = "", storeFolder = "", watch] = process.argv.slice(2);
provide("vscode", vscodeStub());
const activation = await run();
process.stdout.write(JSON.stringify(activation), () => process.exit());

async function run(): Promise<Activation> {
  const load = createRequire(import.meta.url);
  const main = join(extensionFolder, "dist", "extension.cjs");
  const context = contextStub(extensionFolder, storeFolder);
  const doors = watch === "watch" ? watchDoors() : undefined;
  const start = performance.now();
  const extension = load(main) as Extension;
  const required = performance.now();
  const whileRequired = doors?.taken() ?? [];
  const before = performance.now();
  await extension.activate(context);
  const activated = performance.now();
  const times = { require: required - start, activate: activated - before };
  if (!doors) {
    return { ...times, whileRequired, whileActivated: [], madeStore: false, onFirstUse: [] };
  }
  // Work that was only put off belongs to activation, too.
  await setTimeout(500);
  const whileActivated = doors.taken();
  const madeStore = existsSync(storeFolder);
  doors.taken();
  await openTree();
  return { ...times, whileRequired, whileActivated, madeStore, onFirstUse: doors.taken() };
}

/** Makes `require(name)` give this value. */
function provide(name: string, value: object): void {
  const loader = Module as unknown as Record<
    "_load",
    (request: string, ...rest: unknown[]) => unknown
  >;
  const original = loader["_load"].bind(loader);
  loader["_load"] = (request, ...rest) => (request === name ? value : original(request, ...rest));
}
