import { Worker, type Transferable } from "node:worker_threads";
import { errorFromData } from "../core/errors.ts";
import type { Failure, FromThread, ToThread } from "./protocol.ts";

/** A worker thread that is started by the first call, and again by the next one after it died. */
export interface Thread {
  /** Calls a method of the thread. Rejects with an `AbortError` as soon as `signal` is aborted. */
  call<T>(method: string, args: readonly unknown[], options?: CallOptions): Promise<T>;
  /** Calls the listener with each event that the thread sends. Returns the way to stop. */
  onEvent(listener: (event: unknown) => void): () => void;
  close(): Promise<void>;
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** Buffers to hand over instead of copying: the caller must not use them afterwards. */
  readonly transfer?: readonly Transferable[] | undefined;
}

interface Pending {
  resolve(value: unknown): void;
  reject(reason: unknown): void;
  /** Lets go of the caller's signal. */
  settled(): void;
}

/** A thread that runs `file`, with `workerData` as its data. Nothing is started before the first call. */
export function createThread(file: string | URL, workerData?: unknown): Thread {
  return new WorkerThread(file, workerData);
}

class WorkerThread implements Thread {
  readonly #file: string | URL;
  readonly #workerData: unknown;
  readonly #pending = new Map<number, Pending>();
  readonly #listeners = new Set<(event: unknown) => void>();
  #worker: Worker | undefined;
  #lastId = 0;

  constructor(file: string | URL, workerData: unknown) {
    this.#file = file;
    this.#workerData = workerData;
  }

  call<T>(method: string, args: readonly unknown[], options: CallOptions = {}): Promise<T> {
    const { signal, transfer = [] } = options;
    if (signal?.aborted) return Promise.reject(signal.reason as Error);
    const id = ++this.#lastId;
    return new Promise<T>((resolve, reject) => {
      const abort = (): void => {
        if (!this.#take(id)) return;
        this.#post({ kind: "abort", id });
        reject(signal?.reason as Error);
      };
      const settled = (): void => signal?.removeEventListener("abort", abort);
      this.#pending.set(id, { resolve, reject, settled });
      signal?.addEventListener("abort", abort, { once: true });
      this.#post({ kind: "call", id, method, args }, transfer);
    });
  }

  onEvent(listener: (event: unknown) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    if (!worker) return;
    this.#end(worker, new DOMException("The thread was closed", "AbortError"));
    await worker.terminate();
  }

  #post(message: ToThread, transfer: readonly Transferable[] = []): void {
    const worker = (this.#worker ??= this.#start());
    // A process that wants to end waits for calls, not for an idle thread.
    if (this.#pending.size > 0) worker.ref();
    worker.postMessage(message, transfer);
  }

  #start(): Worker {
    const worker = new Worker(this.#file, { workerData: this.#workerData });
    worker.unref();
    worker.on("message", (message: FromThread) => this.#receive(message));
    worker.on("error", (error) => this.#end(worker, error));
    worker.on("exit", (code) => this.#end(worker, new Error(`The thread ended with code ${code}`)));
    return worker;
  }

  #receive(message: FromThread): void {
    if (message.kind === "event") {
      for (const listener of this.#listeners) listener(message.event);
      return;
    }
    const call = this.#take(message.id);
    if (message.kind === "value") call?.resolve(message.value);
    else call?.reject(errorOf(message.failure));
  }

  #take(id: number): Pending | undefined {
    const call = this.#pending.get(id);
    this.#pending.delete(id);
    if (this.#pending.size === 0) this.#worker?.unref();
    call?.settled();
    return call;
  }

  #end(worker: Worker, reason: unknown): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    for (const id of this.#pending.keys()) this.#take(id)?.reject(reason);
  }
}

function errorOf(failure: Failure): unknown {
  if (failure.kind === "context") return errorFromData(failure.error);
  if (failure.kind === "abort") return new DOMException("This operation was aborted", "AbortError");
  const error = new Error(failure.message);
  if (failure.stack !== undefined) error.stack = failure.stack;
  return error;
}
