import { once } from "node:events";
import { Worker } from "node:worker_threads";

/** A thread that only computes: what it costs its starter is what any busy thread costs on this machine. */
export interface BusyThread {
  /** Keeps the thread busy for this many milliseconds. */
  compute(milliseconds: number): Promise<void>;
  close(): Promise<void>;
}

const script = `
  const { parentPort } = require("node:worker_threads");
  parentPort.on("message", (milliseconds) => {
    const end = performance.now() + milliseconds;
    while (performance.now() < end);
    parentPort.postMessage("done");
  });`;

/** Starts the thread; resolves when it is ready. */
export async function startBusyThread(): Promise<BusyThread> {
  const worker = new Worker(script, { eval: true });
  const compute = async (milliseconds: number): Promise<void> => {
    const done = once(worker, "message");
    worker.postMessage(milliseconds, []);
    await done;
  };
  await compute(0);
  return { compute, close: async () => void (await worker.terminate()) };
}
