import { parentPort, type Transferable } from "node:worker_threads";
import { errorToData, isAbort, messageOf } from "../core/errors.ts";
import type { Failure, FromThread, ToThread } from "./protocol.ts";

/** The methods of a thread. Each gets its arguments and, last, a signal that tells when the caller has lost interest. */
export type ThreadMethods = Record<string, (...args: never[]) => unknown>;

/** Answers the calls that reach this thread with `methods`. Returns the way to send an event to the extension host. */
export function serve(methods: ThreadMethods): (event: unknown) => void {
  if (!parentPort) throw new Error("serve() must be called in a worker thread");
  const port = parentPort;
  const running = new Map<number, AbortController>();
  const post = (message: FromThread, transfer: Transferable[] = []): void =>
    port.postMessage(message, transfer);

  port.on("message", (message: ToThread) => {
    if (message.kind === "abort") running.get(message.id)?.abort();
    else void answer(message.id, message.method, message.args);
  });

  async function answer(id: number, method: string, args: readonly unknown[]): Promise<void> {
    const controller = new AbortController();
    running.set(id, controller);
    try {
      const call = methods[method] as ((...all: unknown[]) => unknown) | undefined;
      if (!call) throw new Error(`no method ${method}`);
      const value = await call(...args, controller.signal);
      post(
        { kind: "value", id, value },
        value instanceof Uint8Array ? [value.buffer as ArrayBuffer] : [],
      );
    } catch (error) {
      post({ kind: "failure", id, failure: failureOf(error) });
    } finally {
      running.delete(id);
    }
  }

  return (event) => post({ kind: "event", event });
}

function failureOf(error: unknown): Failure {
  const data = errorToData(error);
  if (data) return { kind: "context", error: data };
  if (isAbort(error)) return { kind: "abort" };
  return {
    kind: "defect",
    message: messageOf(error),
    stack: error instanceof Error ? error.stack : undefined,
  };
}
