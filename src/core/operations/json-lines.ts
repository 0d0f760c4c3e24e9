import type { OperationEvent } from "./operation.ts";

/** All keys of an event, in the order of a line. */
const order: Readonly<Record<keyof OperationEvent, true>> = {
  at: true,
  id: true,
  commandId: true,
  kind: true,
  event: true,
  sessionId: true,
  uri: true,
  contentId: true,
  provider: true,
  bytes: true,
  attempt: true,
  durationMs: true,
  errorCode: true,
};

const keys = Object.keys(order) as readonly (keyof OperationEvent)[];

/** Events as JSON Lines, one a line, in the order given. Keys stand in one order; times are written as ISO 8601; what is not known is left out. */
export function jsonLines(events: readonly OperationEvent[]): string {
  return events.map((event) => `${JSON.stringify(lineOf(event))}\n`).join("");
}

function lineOf(event: OperationEvent): Readonly<Record<string, unknown>> {
  const values = { ...event, at: new Date(event.at).toISOString() };
  return Object.fromEntries(keys.map((key) => [key, values[key]]));
}
