import type { CommentMarks } from "./code-language.ts";
import type { CodeSymbol } from "./code-outline.ts";
import type { Pause } from "../pause.ts";

/** Lines between two pauses. */
const stretch = 0x4000;
/** Characters looked at of a line. */
const lineWidth = 300;
const keptSymbols = 2000;

/** What the lines of source code are. */
export interface CodeLines {
  readonly all: number;
  readonly empty: number;
  /** Lines of nothing but comment. */
  readonly comments: number;
  /** What `definition` found. */
  readonly symbols: readonly CodeSymbol[];
}

/** Counts lines by how they begin: a line is of comment if a mark of one stands first, or if it is inside of a pair of marks that began so. */
export async function countLines(
  text: string,
  { comments, definition }: { comments: CommentMarks; definition?: RegExp | undefined },
  pause: Pause,
): Promise<CodeLines> {
  const counts = { all: 0, empty: 0, comments: 0 };
  const symbols: CodeSymbol[] = [];
  const isComment = commentCheck(comments);
  for (let start = 0; start < text.length;) {
    if (counts.all++ % stretch === 0) await pause();
    const found = text.indexOf("\n", start);
    const end = found === -1 ? text.length : found;
    const line = text.slice(start, Math.min(end, start + lineWidth)).trimEnd();
    if (line.trimStart() === "") counts.empty++;
    else if (isComment(line.trimStart(), text.slice(start, end))) counts.comments++;
    else if (definition && symbols.length < keptSymbols)
      symbols.push(...definedIn(line, definition, counts.all));
    start = end + 1;
  }
  return { ...counts, symbols };
}

/** Told of one line after the other, says whether it is of comment. */
function commentCheck({
  line: marks,
  block,
}: CommentMarks): (line: string, all: string) => boolean {
  let isInside = false;
  return (line, all) => {
    if (isInside) {
      if (block && all.includes(block[1])) isInside = false;
      return true;
    }
    if (block && line.startsWith(block[0])) {
      isInside = !all.slice(all.indexOf(block[0]) + block[0].length).includes(block[1]);
      return true;
    }
    return marks.some((mark) => line.startsWith(mark));
  };
}

function definedIn(line: string, definition: RegExp, number: number): readonly CodeSymbol[] {
  const groups = definition.exec(line)?.groups;
  const name = groups?.["name"];
  if (name === undefined) return [];
  const kind = (groups?.["kind"] ?? "function").toLowerCase();
  const signature = line.trim().replace(/\s*[{=:;]?\s*$/u, "");
  return [{ kind, name, signature, line: number, depth: 0 }];
}
