import { formatBytes } from "../session/format.ts";
import { nameOf } from "../session/session.ts";
import type { OperationEvent } from "./operation.ts";

/** Of an id: as many digits as tell operations apart; the first six are in an upload's remote name. */
const shownDigits = 8;

/** An event in one line for a log: `upload completed sales.csv · openai · 4.1 kB · 1.2 s · op 3f2a19c0 (command upload:9c01f3a2)`. */
export function operationLine(event: OperationEvent): string {
  const { kind, uri, provider, errorCode, id, commandId } = event;
  const what = [kind, event.event, ...(uri === undefined ? [] : [fileName(uri)])].join(" ");
  const facts = [
    ...(provider === undefined ? [] : [provider]),
    ...(errorCode === undefined ? [] : [errorCode]),
    ...measures(event),
  ];
  const ids = `${shortId(id)} (command ${shortCommand(commandId)})`;
  return oneLine([what, ...facts, ids].join(" · "));
}

/** An operation as an entry of a list, made from its last event. */
export interface OperationEntry {
  /** `Upload sales.csv`. */
  readonly label: string;
  /** `completed · 4.1 kB · 1.2 s · openai`. */
  readonly description: string;
  /** `src/sales.csv · op 3f2a19c0 · command upload:9c01f3a2`. */
  readonly detail: string;
}

/** The entry of an operation. `pathOf` says where a file lies. */
export function entryOf(event: OperationEvent, pathOf: (uri: string) => string): OperationEntry {
  const { kind, uri, provider, id, commandId } = event;
  const words = kind.replaceAll("_", " ");
  const what = `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
  const facts = [
    outcomeOf(event),
    ...measures(event),
    ...(provider === undefined ? [] : [provider]),
  ];
  const where = uri === undefined ? [] : [oneLine(pathOf(uri))];
  return {
    label: uri === undefined ? what : `${what} ${fileName(uri)}`,
    description: facts.join(" · "),
    detail: [...where, shortId(id), `command ${shortCommand(commandId)}`].join(" · "),
  };
}

/** What an operation's last event says of it: `completed`, `running`, `cancelled`, `failed: key-rejected`. */
function outcomeOf({ event, errorCode }: OperationEvent): string {
  if (event === "completed") return "completed";
  if (event !== "failed") return "running";
  return errorCode === "cancelled" ? "cancelled" : `failed: ${errorCode ?? "unexpected"}`;
}

/** `4.1 kB`, `1.2 s`, `attempt 2`: as far as they are known. */
function measures({ bytes, durationMs, attempt }: OperationEvent): readonly string[] {
  return [
    ...(bytes === undefined ? [] : [formatBytes(bytes)]),
    ...(durationMs === undefined ? [] : [formatElapsed(durationMs)]),
    ...(attempt === undefined ? [] : [`attempt ${attempt}`]),
  ];
}

/** The name by which people know the file of an event, without what would break a line or turn it around. */
export function fileName(uri: string): string {
  return oneLine(nameOf(uri) || uri);
}

/** `340 ms`, `1.2 s`, `2.5 min`. */
function formatElapsed(milliseconds: number): string {
  if (milliseconds < 1_000) return `${milliseconds} ms`;
  const seconds = milliseconds / 1_000;
  return seconds < 60 ? `${seconds.toFixed(1)} s` : `${(seconds / 60).toFixed(1)} min`;
}

function shortId(id: string): string {
  return `op ${id.slice(0, shownDigits)}`;
}

/** `upload:9c01f3a2`: the name of the command, if it has one, and the beginning of its id. */
function shortCommand(commandId: string): string {
  const colon = commandId.lastIndexOf(":") + 1;
  return commandId.slice(0, colon + shownDigits);
}

/** File names may hold line breaks and marks that turn the direction of writing: in a log they would forge lines. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu, "\u{fffd}");
}
