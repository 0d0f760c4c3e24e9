import assert from "node:assert/strict";
import { spawnSync, type SpawnSyncReturns } from "node:child_process";
import { test } from "node:test";

const watchdog = new URL("../../../src/digests/process/watchdog.ts", import.meta.url).href;

/** A process that runs this code, with a `watchdog` that lets it have 512 MB. */
function run(code: string): SpawnSyncReturns<string> {
  const start = `import { startWatchdog } from ${JSON.stringify(watchdog)};
    const watchdog = await startWatchdog(512 * 2 ** 20);`;
  const args = ["--input-type=module-typescript", "-e", start + code];
  return spawnSync(process.execPath, args, { encoding: "utf8", timeout: 60_000 });
}

test("a process that is stuck is killed when its time is over, whether anybody waits for it or not", () => {
  const start = performance.now();
  assert.equal(run("watchdog.killIn(300); for (;;);").signal, "SIGKILL");
  assert.ok(performance.now() - start < 20_000);
});

test("a process is killed when it holds too much memory outside of its heap", () => {
  const code = `const kept = [];
    for (let count = 0; count < 128; count++) kept.push(Buffer.alloc(2 ** 24, 1));
    console.log("not killed");`;
  const { signal, stdout } = run(code);
  assert.deepEqual([signal, stdout], ["SIGKILL", ""]);
});

test("a process that ends in time is left alone", () => {
  const code = `watchdog.killIn(500); watchdog.callOff();
    setTimeout(() => console.log("done"), 1000);`;
  const { status, stdout } = run(code);
  assert.deepEqual([status, stdout], [0, "done\n"]);
});
