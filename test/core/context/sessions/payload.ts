/** Reads the messages of a request as a model would: nothing but their roles and texts, and of an applied diff the place where its hunks stand. */
import { patched } from "./strict-patch.ts";

export interface PlainMessage {
  readonly role: string;
  readonly content: string;
}

/** Where the hunks of an applied diff stand. */
export type Span = readonly [place: number, start: number, end: number];

/** Lines of a file that stand in the messages. */
export interface ShownLines {
  readonly first: number;
  readonly text: string;
}

/** What messages say of files. Files are known by their names as they are written there. */
export interface Told {
  /** Name → the text as it stands after all that was told. */
  readonly texts: Map<string, string>;
  /** Name → lines that were shown, and not taken back. */
  readonly lines: Map<string, readonly ShownLines[]>;
  /** Names that are named or told in short. */
  readonly named: Set<string>;
}

/** A mark that begins a message, and the text between it and its end. */
interface Mark {
  readonly kind: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly text: string;
}

/**
 * What the messages tell of files, in order. `spanOf` says where the hunks of the applied diff in a message stand. Throws where a diff does not fit what it changes, or changes
 * what was never shown.
 */
export function readPayload(
  messages: readonly PlainMessage[],
  fence: string,
  spanOf: (place: number) => Span | undefined,
): Told {
  const told: Told = { texts: new Map(), lines: new Map(), named: new Set() };
  for (const [place, { role, content }] of messages.entries()) {
    const mark = role === "user" || role === "tool" ? markOf(content, fence) : undefined;
    if (!mark) continue;
    try {
      if (mark.kind === "applied") apply(told, mark, hunksAt(messages, place, spanOf(place)));
      else if (mark.kind === "diff") apply(told, mark, mark.text);
      else take(told, mark);
    } catch (error) {
      throw new Error(`message ${place}, ${mark.kind} of ${nameIn(mark)}: ${String(error)}`, {
        cause: error,
      });
    }
  }
  return told;
}

function take({ texts, lines, named }: Told, mark: Mark): void {
  const name = nameIn(mark);
  switch (mark.kind) {
    case "file":
      texts.set(name, mark.text);
      lines.delete(name);
      break;
    case "gone":
      texts.delete(name);
      lines.delete(name);
      break;
    case "excerpt":
      lines.set(name, [...(lines.get(name) ?? []), ...linesIn(mark)]);
      break;
    case "files":
      for (const row of mark.text.split("\n")) named.add(row);
      break;
    case "digests":
      for (const [, row = ""] of mark.text.matchAll(/^## (.*) \([^)]*\)$/gmu)) named.add(row);
      break;
    default:
  }
}

/** The lines of an excerpt; a row with a mere ellipsis stands between two ranges. */
function linesIn({ attributes, text }: Mark): readonly ShownLines[] {
  const rows = text.split("\n");
  const shown: ShownLines[] = [];
  for (const range of (attributes["lines"] ?? "").split(",")) {
    const [first = NaN, last = NaN] = range.split("-").map(Number);
    if (shown.length > 0 && rows.shift() !== "…") throw new Error("an excerpt runs on");
    const own = rows.splice(0, last - first + 1);
    if (own.length !== last - first + 1) throw new Error("an excerpt has fewer lines than it says");
    shown.push({ first, text: own.join("\n") });
  }
  if (rows.length > 0) throw new Error("an excerpt has more lines than it says");
  return shown;
}

/** Whoever is told of a change knows that lines which stand before it may be old. */
function apply({ texts, lines }: Told, mark: Mark, hunks: string): void {
  const before = texts.get(nameIn(mark));
  if (before === undefined) throw new Error("it does not stand");
  texts.set(nameIn(mark), patched(before, hunks));
  lines.delete(nameIn(mark));
}

function hunksAt(messages: readonly PlainMessage[], place: number, span: Span | undefined): string {
  if (!span) throw new Error("it does not say where its hunks stand");
  const [at, start, end] = span;
  const message = messages[at];
  if (at >= place || message?.role !== "assistant") throw new Error("no answer holds its hunks");
  return message.content.slice(start, end);
}

function nameIn({ attributes }: Mark): string {
  return attributes["name"] ?? "";
}

/** The mark that a message begins with. A tool's message may say something behind it. */
function markOf(content: string, fence: string): Mark | undefined {
  const lineEnd = content.indexOf("\n");
  const line = lineEnd < 0 ? content : content.slice(0, lineEnd);
  const found = new RegExp(`^<([a-z-]+)-${fence}( .*?)?(/?)>$`, "u").exec(line);
  if (!found) return undefined;
  const [, kind = "", told = "", isEmpty] = found;
  const attributes = Object.fromEntries(
    [...told.matchAll(/ ([a-z]+)="([^"]*)"/gu)].map(([, name, value]) => [name, value] as const),
  ) as Record<string, string>;
  if (isEmpty === "/") return { kind, attributes, text: "" };
  const closing = `\n</${kind}-${fence}>`;
  const end = content.indexOf(closing, lineEnd);
  if (end < 0) throw new Error(`the mark ${kind} is not closed`);
  return { kind, attributes, text: content.slice(lineEnd + 1, end) };
}
