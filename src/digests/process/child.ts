import { fork, type ChildProcess } from "node:child_process";
import { tmpdir } from "node:os";
import type { Digest } from "../../core/files/digest.ts";
import type { DigestInput } from "../digest.ts";
import { heapMegabytes, residentToRetire, startTime, type Limits } from "./limits.ts";
import type { FromProcess, ToProcess } from "./messages.ts";

/** A digest, or why there is none. */
export type Outcome = { readonly digest: Digest } | { readonly reason: string };

/** Bytes of a file in one message: more would hold up who sends them. */
const partSize = 0x40000;

/** What a program needs of its environment to start at all; the rest, such as keys, is nothing that a parser should see. */
const neededVariables = ["SystemRoot", "TEMP", "TMP", "TMPDIR", "LD_LIBRARY_PATH"] as const;

/** A process that reads one file at a time. It may end at any moment; what it was doing then has an outcome, too. */
export class Child {
  /** Resolves when the process is gone. */
  readonly ended: Promise<void>;
  readonly #limits: Limits;
  readonly #ready: PromiseWithResolvers<void> = Promise.withResolvers();
  readonly #process: ChildProcess | undefined;
  #settle: ((outcome: Outcome) => void) | undefined;
  #timer: NodeJS.Timeout | undefined;
  #end: Outcome | undefined;
  #killedFor: string | undefined;
  #mayGoOn = true;

  constructor(file: string | URL, limits: Limits) {
    this.#limits = limits;
    const ended = Promise.withResolvers<void>();
    this.ended = ended.promise;
    const end = (reason: string): void => {
      this.#end ??= { reason: this.#killedFor ?? reason };
      this.#finish(this.#end);
      ended.resolve();
    };
    try {
      this.#process = start(file);
    } catch {
      end("the process that reads files could not be started");
      return;
    }
    this.#process.on("message", (message: FromProcess) => this.#receive(message));
    this.#process.on("error", () => end("the process that reads files could not be started"));
    this.#process.on("exit", (code, signal) => end(endOf(code, signal)));
    this.#leave();
  }

  /** False for a process that can take no file any more. */
  get mayGoOn(): boolean {
    return this.#mayGoOn && this.#end === undefined && this.#killedFor === undefined;
  }

  /** The digest of a file: to be called for one after the other. Never rejects. */
  async run(input: DigestInput): Promise<Outcome> {
    if (this.#end) return this.#end;
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    this.#settle = resolve;
    this.#stay();
    this.#killIn(startTime, "the process that reads files did not start");
    void this.#ready.promise.then(() => this.#send(input));
    return promise;
  }

  /** Ends the process at once, whatever it does. */
  kill(reason = "it was not wanted any more"): void {
    this.#killedFor ??= reason;
    this.#process?.kill("SIGKILL");
  }

  async #send({ contentId, name, bytes }: DigestInput): Promise<void> {
    const { deadline } = this.#limits;
    this.#killIn(deadline, `reading it took longer than ${deadline / 1000} seconds`);
    await this.#post({ kind: "file", contentId, name, size: bytes.length });
    for (let at = 0; at < bytes.length && this.#end === undefined; at += partSize)
      await this.#post({ kind: "part", bytes: bytes.subarray(at, at + partSize) });
  }

  /** Resolves when the message is on its way: until then it takes memory here. An error means that the process ends. */
  #post(message: ToProcess): Promise<void> {
    return new Promise((resolve) => {
      if (this.#process?.connected) this.#process.send(message, () => resolve());
      else resolve();
    });
  }

  #receive(message: FromProcess): void {
    if (message.kind === "ready") {
      this.#ready.resolve();
      return;
    }
    if (message.resident > residentToRetire) this.#mayGoOn = false;
    this.#finish({ digest: JSON.parse(message.json) as Digest });
  }

  #finish(outcome: Outcome): void {
    clearTimeout(this.#timer);
    this.#leave();
    this.#settle?.(outcome);
    this.#settle = undefined;
  }

  #killIn(milliseconds: number, reason: string): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      // An answer may be there already that nobody has had the time to read.
      setImmediate(() => {
        if (this.#settle) this.kill(reason);
      });
    }, milliseconds);
  }

  /** A process that wants to end waits for digests, not for an idle child. */
  #stay(): void {
    this.#process?.ref();
    this.#process?.channel?.ref();
  }

  #leave(): void {
    this.#process?.unref();
    this.#process?.channel?.unref();
  }
}

function start(file: string | URL): ChildProcess {
  const env: NodeJS.ProcessEnv = { ELECTRON_RUN_AS_NODE: "1", TZ: "UTC" };
  for (const name of neededVariables) {
    const value = process.env[name];
    if (value !== undefined) env[name] = value;
  }
  return fork(file, [], {
    // A folder of the extension or of the user could not be removed on Windows while a process is in it.
    cwd: tmpdir(),
    env,
    execArgv: [`--max-old-space-size=${heapMegabytes}`],
    serialization: "advanced",
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
}

function endOf(code: number | null, signal: NodeJS.Signals | null): string {
  // The watchdog kills, and so does a system without memory; V8 gives up with the others.
  const isMemory = signal === "SIGKILL" || signal === "SIGABRT" || code === 134;
  if (isMemory) return "reading it took too much memory";
  return `reading it ended the process with ${signal ?? `code ${code}`}`;
}
