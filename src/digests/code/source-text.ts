import type { FileBytes } from "../extraction.ts";

/** The text of a file without byte order mark, undefined if it has more bytes than `limit`. */
export function sourceText({ bytes }: FileBytes, limit: number): string | undefined {
  if (bytes.length > limit) return undefined;
  const text = bytes.toString("utf8");
  return text.startsWith("\uFEFF") ? text.slice(1) : text;
}

/** What `read` returns; undefined if the text is not of its kind, which it says with an error. */
export function readOrNot<T>(read: () => T): T | undefined {
  const { stackTraceLimit } = Error;
  // A parser may make an error for each sign: the places in its own code are of no use, and take most of the time.
  Error.stackTraceLimit = 0;
  try {
    return read();
  } catch {
    return undefined;
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}
