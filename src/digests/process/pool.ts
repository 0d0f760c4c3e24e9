import { Child, type Outcome } from "./child.ts";
import type { DigestInput } from "../digest.ts";
import { mostProcesses, type Limits } from "./limits.ts";

/** Processes that read files: started when there is work, used again, and ended when there has been none for a while. */
export class Pool {
  readonly #file: string | URL;
  readonly #limits: Limits;
  /** All that are not gone yet. */
  readonly #children = new Set<Child>();
  #idle: Child[] = [];
  #waiting: ((child: Child) => void)[] = [];
  #closing = new AbortController();
  #idleTimer: NodeJS.Timeout | undefined;

  constructor(file: string | URL, limits: Limits) {
    this.#file = file;
    this.#limits = limits;
  }

  /** Has a file read, as soon as a process is free. Rejects only when `signal` is aborted: then the process is ended, too. */
  async run(input: DigestInput, signal?: AbortSignal): Promise<Outcome> {
    const closing = this.#closing.signal;
    const end = signal ? AbortSignal.any([signal, closing]) : closing;
    const child = await this.#take(end);
    const kill = (): void => child.kill();
    end.addEventListener("abort", kill, { once: true });
    try {
      end.throwIfAborted();
      const outcome = await child.run(input);
      end.throwIfAborted();
      return outcome;
    } finally {
      end.removeEventListener("abort", kill);
      this.#release(child);
    }
  }

  /** Ends all processes: digests under way reject. The next digest starts new ones. */
  async close(): Promise<void> {
    clearTimeout(this.#idleTimer);
    this.#closing.abort(new DOMException("The digester was closed", "AbortError"));
    this.#closing = new AbortController();
    this.#idle = [];
    const children = [...this.#children];
    for (const child of children) child.kill();
    await Promise.all(children.map((child) => child.ended));
  }

  #take(end: AbortSignal): Promise<Child> {
    return new Promise((resolve, reject) => {
      end.throwIfAborted();
      const give = (child: Child): void => {
        end.removeEventListener("abort", leave);
        resolve(child);
      };
      const leave = (): void => {
        this.#waiting = this.#waiting.filter((other) => other !== give);
        reject(end.reason as Error);
      };
      end.addEventListener("abort", leave, { once: true });
      this.#waiting.push(give);
      this.#next();
    });
  }

  #release(child: Child): void {
    if (child.mayGoOn) this.#idle.push(child);
    else child.kill();
    this.#next();
    clearTimeout(this.#idleTimer);
    this.#idleTimer = setTimeout(() => this.#endIdle(), this.#limits.idle).unref();
  }

  /** Gives processes to those that wait for one. */
  #next(): void {
    while (this.#waiting.length > 0) {
      const idle = this.#idle.pop();
      if (idle && !idle.mayGoOn) continue;
      const child = idle ?? this.#start();
      if (!child) return;
      this.#waiting.shift()?.(child);
    }
  }

  /** Undefined if there are as many as there may be. */
  #start(): Child | undefined {
    if (this.#children.size >= mostProcesses) return undefined;
    const child = new Child(this.#file, this.#limits);
    this.#children.add(child);
    void this.#forget(child);
    return child;
  }

  /** As soon as it is gone. */
  async #forget(child: Child): Promise<void> {
    await child.ended;
    this.#children.delete(child);
    this.#idle = this.#idle.filter((other) => other !== child);
    this.#next();
  }

  #endIdle(): void {
    for (const child of this.#idle.splice(0)) child.kill();
  }
}
