import type { LogOutputChannel } from "vscode";
import { messageOf } from "../core/errors.ts";
import { operationLine } from "../core/operations/describe.ts";
import type { OperationEvent } from "../core/operations/operation.ts";
import { runOperation, type RunOperation } from "../core/operations/run.ts";
import type { OperationLog } from "../core/ports/operation-log.ts";
import type { CommandId } from "./names.ts";

/** The operations of this window: logged for all windows, and as lines in the log channel. */
export interface Operations {
  readonly log: OperationLog;
  /** Begins a command: the operations that the returned function runs share its id, which begins with its name. */
  command(name: CommandId | HiddenCommand): RunOperation;
  /** Ends operations whose window is gone. The first call does it, the others do nothing; so does the first operation. */
  endInterrupted(): void;
}

/** What begins operations without being a command: a drop on the tree, a question or `/pack` in chat, a look at the disk, a sweep. */
export type HiddenCommand = "drop" | "ask" | "pack" | "watch" | "sweep";

/** What lines are written to. */
export type LineOutput = Pick<LogOutputChannel, "info" | "warn">;

/** Operations that are logged in `inner` and in `output`. Nothing is read or written before the first use. */
export function createOperations(inner: OperationLog, output: LineOutput): Operations {
  let isChecked = false;
  const endInterrupted = (): void => {
    if (isChecked) return;
    isChecked = true;
    void log.resolveInterrupted(Date.now()).catch(() => undefined);
  };
  const log = inChannel(inner, output, endInterrupted);
  return {
    log,
    endInterrupted,
    command(name) {
      const ids = { commandId: `${name.replace("satchel.", "")}:${newId()}`, newId };
      return (subject, work) => runOperation(log, { subject, now: Date.now, ...ids }, work);
    },
  };
}

function newId(): string {
  return crypto.randomUUID();
}

/** A log that writes each event as a line, too, and says there when it cannot be written itself. */
function inChannel(
  inner: OperationLog,
  output: LineOutput,
  beforeAppend: () => void,
): OperationLog {
  const orSay = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      say(() => output.warn(`The operations log cannot be written: ${messageOf(error)}`));
      throw error;
    }
  };
  return {
    operations: (filter) => inner.operations(filter),
    async append(events) {
      // The registry answers calls in their order, so what was interrupted is logged before what begins now.
      beforeAppend();
      say(() => writeLines(output, events));
      await orSay(inner.append(events));
    },
    async resolveInterrupted(now) {
      const interrupted = await orSay(inner.resolveInterrupted(now));
      say(() => writeLines(output, interrupted));
      return interrupted;
    },
  };
}

function writeLines(output: LineOutput, events: readonly OperationEvent[]): void {
  for (const event of events) {
    if (event.event === "failed") output.warn(operationLine(event));
    else output.info(operationLine(event));
  }
}

/** A channel that was closed with its window takes no more lines, and the log is still to be written. */
function say(write: () => void): void {
  try {
    write();
  } catch {}
}
