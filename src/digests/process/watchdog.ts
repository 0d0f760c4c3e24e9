import { Worker } from "node:worker_threads";

/** Kills its own process, however stuck that is. */
export interface Watchdog {
  /** Kills the process if it has not been called off until then. */
  killIn(milliseconds: number): void;
  callOff(): void;
}

/**
 * Runs in a thread of its own, because the main one may be in a parser that does not come back. As a text, since it must not need a file of its own. On
 * Windows a killed process ends with code 1, like one that failed.
 */
const watch = `
const { parentPort, workerData } = require("node:worker_threads");
const killAt = new BigInt64Array(workerData.killAt);
setInterval(() => {
  const at = Atomics.load(killAt, 0);
  const isLate = at !== 0n && BigInt(Date.now()) > at;
  if (isLate || process.memoryUsage.rss() > workerData.residentCap) process.kill(process.pid, "SIGKILL");
}, 10);
parentPort.postMessage("watching");
`;

/** Starts to watch the memory of this process. Resolves as soon as it is watched. */
export async function startWatchdog(residentCap: number): Promise<Watchdog> {
  const memory = new SharedArrayBuffer(BigInt64Array.BYTES_PER_ELEMENT);
  const killAt = new BigInt64Array(memory);
  const worker = new Worker(watch, {
    eval: true,
    execArgv: [],
    workerData: { killAt: memory, residentCap },
  });
  await new Promise((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
  });
  worker.unref();
  return {
    killIn(milliseconds) {
      Atomics.store(killAt, 0, BigInt(Date.now() + milliseconds));
    },
    callOff() {
      Atomics.store(killAt, 0, 0n);
    },
  };
}
