import { isAbort, isContextError } from "../errors.ts";
import type { ContentId } from "../files/content.ts";
import type { OperationLog } from "../ports/operation-log.ts";
import type {
  OperationErrorCode,
  OperationEvent,
  OperationKind,
  OperationSubject,
} from "./operation.ts";

/** What an operation is, and where its ids and times come from. */
export interface OperationContext {
  readonly subject: OperationSubject;
  /** Shared by all operations of one command. */
  readonly commandId: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly newId: () => string;
}

/** What the work of an operation learns about it. */
export interface OperationFacts {
  /** What it turned out to be, where that is not what it began as: an upload of bytes that the provider holds ends as `dedup`. */
  readonly kind?: OperationKind | undefined;
  readonly contentId?: ContentId | undefined;
  /** Bytes that were moved. */
  readonly bytes?: number | undefined;
  /** Why it failed: for work that resolves although it failed, or that rejects with an error of another house. */
  readonly errorCode?: OperationErrorCode | undefined;
}

/** One of the files that an operation is about. */
export interface OperationFile extends Omit<OperationFacts, "kind"> {
  readonly uri: string;
}

/** An operation, as its work sees it. Nothing of it rejects: a log that cannot be written is no reason to stop the work. */
export interface Operation {
  readonly id: string;
  readonly commandId: string;
  /** Adds to what the end will say. */
  tell(facts: OperationFacts): void;
  /**
   * Names a file that the operation is about, if it is about several: an event of the file's own stands before the end. It ends as the operation does,
   * or with the file's own error code.
   */
  file(file: OperationFile): void;
  /** Logs, durably, that the work begins another attempt, and why. */
  retry(errorCode: OperationErrorCode): Promise<void>;
}

/** Runs operations of one command. */
export type RunOperation = <Result>(
  subject: OperationSubject,
  work: (operation: Operation) => Promise<Result>,
) => Promise<Result>;

/**
 * Runs work as a logged operation: `started` is durable before the work begins, and `completed` or `failed` follows when it has ended. Resolves and
 * rejects as the work does, even if the log cannot be written.
 */
export async function runOperation<Result>(
  log: Pick<OperationLog, "append">,
  context: OperationContext,
  work: (operation: Operation) => Promise<Result>,
): Promise<Result> {
  const record = new RunningOperation(log, context);
  await record.start();
  try {
    const result = await work(record);
    await record.end(undefined);
    return result;
  } catch (error) {
    await record.end(codeOf(error));
    throw error;
  }
}

/** The code of a thrown value. */
function codeOf(error: unknown): OperationErrorCode {
  if (isAbort(error)) return "cancelled";
  return isContextError(error) ? error.code : "unexpected";
}

class RunningOperation implements Operation {
  readonly #log: Pick<OperationLog, "append">;
  readonly #context: OperationContext;
  readonly #files: OperationFile[] = [];
  readonly id: string;
  readonly commandId: string;
  #facts: OperationFacts = {};
  #attempt = 1;
  #startedAt = 0;

  constructor(log: Pick<OperationLog, "append">, context: OperationContext) {
    this.#log = log;
    this.#context = context;
    this.id = context.newId();
    this.commandId = context.commandId;
  }

  async start(): Promise<void> {
    this.#startedAt = this.#context.now();
    await this.#append([this.#event({ event: "started", at: this.#startedAt })]);
  }

  tell(facts: OperationFacts): void {
    this.#facts = { ...this.#facts, ...facts };
  }

  file(file: OperationFile): void {
    if (file.uri !== this.#context.subject.uri) {
      this.#files.push(file);
      return;
    }
    const { uri: _, ...facts } = file;
    this.tell(facts);
  }

  async retry(errorCode: OperationErrorCode): Promise<void> {
    this.#attempt++;
    await this.#append([this.#event({ event: "retry", ...this.#elapsed(), errorCode })]);
  }

  async end(thrown: OperationErrorCode | undefined): Promise<void> {
    const { kind = this.#context.subject.kind, errorCode = thrown, ...facts } = this.#facts;
    const end = this.#event({ kind, ...facts, ...this.#elapsed(), ...outcome(errorCode) });
    const files = this.#files.map((file) =>
      this.#event({ kind, ...file, at: end.at, ...outcome(file.errorCode ?? errorCode) }),
    );
    await this.#append([...files, end]);
  }

  #elapsed(): Pick<OperationEvent, "at" | "durationMs" | "attempt"> {
    const at = this.#context.now();
    // A clock that was set back must not make it negative.
    const durationMs = Math.max(0, Math.round(at - this.#startedAt));
    return { at, durationMs, ...(this.#attempt > 1 && { attempt: this.#attempt }) };
  }

  #event(
    event: Pick<OperationEvent, "event" | "at"> & Partial<Omit<OperationEvent, "id" | "commandId">>,
  ): OperationEvent {
    const { id, commandId } = this;
    const { uri, ...all } = { id, commandId, ...this.#context.subject, ...event };
    return uri === undefined ? all : { ...all, uri: loggable(uri) };
  }

  async #append(events: readonly OperationEvent[]): Promise<void> {
    try {
      await this.#log.append(events);
    } catch {
      // Whoever made the log says what is wrong with it; the work's own outcome must not be hidden.
    }
  }
}

function outcome(
  errorCode: OperationErrorCode | undefined,
): Pick<OperationEvent, "event" | "errorCode"> {
  return errorCode === undefined ? { event: "completed" } : { event: "failed", errorCode };
}

/** Addresses of things that are not files on this machine may carry a key, or be the content itself: only their harmless part is logged. */
function loggable(uri: string): string {
  if (uri.startsWith("file:")) return uri;
  const [, scheme = "", rest = ""] = /^([a-z][a-z0-9+.-]*):(.*)$/isu.exec(uri) ?? [];
  if (!rest.startsWith("//")) return `${scheme}:`;
  return `${scheme}:${rest.replace(/[?#].*$/su, "").replace(/^\/\/[^/]*@/u, "//")}`;
}
