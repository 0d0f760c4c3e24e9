import type { OperationEvent } from "../../../src/core/operations/operation.ts";

/** A log in memory: its events, oldest first, and how often it was appended to. */
export interface MemoryLog {
  readonly events: OperationEvent[];
  appends: number;
  append(events: readonly OperationEvent[]): Promise<void>;
}

export function memoryLog(): MemoryLog {
  return {
    events: [],
    appends: 0,
    async append(events) {
      this.appends++;
      this.events.push(...events);
    },
  };
}
