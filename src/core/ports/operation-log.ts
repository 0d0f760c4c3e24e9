import type { OperationEvent } from "../operations/operation.ts";

/** Which events are wanted. */
export interface OperationFilter {
  /** Events of this operation only. */
  readonly id?: string | undefined;
  /** Events about this file only. */
  readonly uri?: string | undefined;
  /** Events of this session only. */
  readonly sessionId?: string | undefined;
  /** True for the last of these events of each operation only. */
  readonly lastOnly?: boolean | undefined;
  /** At most so many, the newest ones. */
  readonly limit?: number | undefined;
}

/** The memory of what was done, shared by all windows of this machine. Rejects as the registry does. */
export interface OperationLog {
  /**
   * Logs events, durably, in one transaction. The oldest events go when the log is full (about 20 MB). No listener of the registry in this window is told:
   * nothing that it shows has changed.
   */
  append(events: readonly OperationEvent[]): Promise<void>;
  /** Logged events, newest first. */
  operations(filter: OperationFilter): Promise<readonly OperationEvent[]>;
  /**
   * Ends operations that started and cannot end any more, because their process is gone, with the event `failed` and the code `interrupted`.
   * Operations of other living processes go on. Returns the events that it logged.
   */
  resolveInterrupted(now: number): Promise<readonly OperationEvent[]>;
}
