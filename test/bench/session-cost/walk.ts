import type { Trace, TraceTurn } from "../../../src/headless/trace.ts";

/** A turn of a trace at the moment of its question. */
export interface Step {
  readonly index: number;
  readonly turn: TraceTurn;
  /** Files that the user adds or mentions, as far as they are there. */
  readonly mentioned: readonly string[];
  /** Path → text of all files that were seen so far, as they are now. It changes with the next step. */
  readonly disk: ReadonlyMap<string, string>;
}

/** Goes through a trace, and keeps account of what is on disk. */
export function* walk(trace: Trace): Generator<Step> {
  const disk = new Map(Object.entries(trace.base));
  for (const [index, turn] of trace.turns.entries()) {
    change(disk, turn.open);
    const mentioned = Object.keys(turn.open).filter((path) => turn.open[path] !== null);
    yield { index, turn, mentioned, disk };
    change(disk, turn.after);
  }
}

function change(disk: Map<string, string>, files: TraceTurn["after"]): void {
  for (const [path, text] of Object.entries(files)) {
    if (text === null) disk.delete(path);
    else disk.set(path, text);
  }
}
