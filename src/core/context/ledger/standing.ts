import type { LoggedMessage } from "./conversation.ts";
import type { Block, ShownFile } from "./ledger.ts";

/** What the log holds of a file: the copy that stands, and the diffs that lead from it to what the model was shown last. */
export interface Standing {
  /** As it was shown last. */
  readonly file: ShownFile;
  /** Places in the log of the copy, and then of each diff. */
  readonly pieces: readonly number[];
  /** Tokens of these pieces. */
  readonly tokens: number;
}

/** The state of the files after a log, and the messages that it has made worthless. */
export interface Shown {
  /** Session file → what stands of it. Files that were only named are not here. */
  readonly standing: ReadonlyMap<string, Standing>;
  /** Session file → the digest or excerpt that was shown of it last, of files that do not stand, or that stood with another content then. */
  readonly short: ReadonlyMap<string, ShownFile>;
  /** Session file → the contents of which lines were quoted that nothing has taken back. */
  readonly quoted: ReadonlyMap<string, ReadonlySet<string>>;
  /** Place in the log → number of the request since which nothing there says anything that holds. */
  readonly superseded: ReadonlyMap<number, number>;
}

/** Reads from a log what it holds of each file. This is the one proof that bytes stand in the epoch. */
export function shownBy(log: readonly LoggedMessage[]): Shown {
  const shown = {
    standing: new Map(),
    short: new Map(),
    quoted: new Map<string, Set<string>>(),
    superseded: new Map(),
  };
  for (const [place, { blocks, request }] of log.entries()) {
    for (const block of blocks) {
      for (const file of block.files) show(shown, { place, request, block }, file);
    }
  }
  return shown;
}

interface Growing extends Shown {
  readonly standing: Map<string, Standing>;
  readonly short: Map<string, ShownFile>;
  readonly quoted: Map<string, Set<string>>;
  readonly superseded: Map<number, number>;
}

interface Telling {
  readonly place: number;
  readonly request: number;
  readonly block: Block;
}

/** What a block tells of a file. */
function show(shown: Growing, telling: Telling, file: ShownFile): void {
  const { standing, short, superseded } = shown;
  const { place, request, block } = telling;
  const before = standing.get(file.id);
  const effect = effectOf(block, file);
  if (effect === "none") {
    showShort(shown, before, file);
    return;
  }
  short.delete(file.id);
  shown.quoted.delete(file.id);
  if (effect === "adds") {
    if (before) standing.set(file.id, grown(before, telling, file));
    return;
  }
  for (const piece of before?.pieces ?? []) superseded.set(piece, request);
  standing.delete(file.id);
  if (effect === "ends") superseded.set(place, request);
  else standing.set(file.id, { file, pieces: [place], tokens: block.tokens });
}

/** Lines of an older content are still out of date when lines of a newer one are quoted; a newer digest takes the place of an older one. */
function showShort(
  { short, quoted }: Growing,
  stands: Standing | undefined,
  file: ShownFile,
): void {
  if (!isShort(file) || stands?.file.contentId === file.contentId) return;
  if (file.representation === "excerpt")
    quoted.set(file.id, new Set(quoted.get(file.id)).add(file.contentId));
  const before = short.get(file.id);
  const areDigests = before?.representation === "digest" && file.representation === "digest";
  if (!before || areDigests || before.contentId === file.contentId) short.set(file.id, file);
}

function grown(before: Standing, { place, block }: Telling, file: ShownFile): Standing {
  return {
    file: { ...file, representation: before.file.representation },
    pieces: [...before.pieces, place],
    tokens: before.tokens + block.tokens,
  };
}

/** What a block does to what stands of a file. */
function effectOf({ kind }: Block, file: ShownFile): "replaces" | "adds" | "ends" | "none" {
  if (kind === "diff" || kind === "applied") return "adds";
  if (kind === "gone") return "ends";
  const isWhole = file.representation === "full" || file.representation === "reference";
  return (kind === "file" || kind === "tool-result") && isWhole ? "replaces" : "none";
}

function isShort({ representation }: ShownFile): boolean {
  return representation === "digest" || representation === "excerpt";
}
