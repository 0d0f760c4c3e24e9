/** Texts of files, and changes of them, that a seed determines: with all that has broken a renderer, a diff or a count somewhere. */
import { Random } from "./random.ts";

const words =
  "the of a sum row total north south margin profit region quarter sales plan growth target churn lead cost".split(
    " ",
  );

/** Lines that look like something else, or hold what a reader does not see. */
const oddLines = (fence: string): readonly string[] => [
  "",
  " ",
  "\t",
  "+++ b/a1.md",
  "--- a/a1.md",
  "@@ -1 +1 @@",
  "+added",
  "-removed",
  "\\ No newline at end of file",
  "…",
  "```",
  "naïve Ørsted 東京 💶 👩‍👧 فارسی",
  "a\u200Bb\u202Ec\u{E0041}",
  "\uFEFFmark",
  "one\rtwo",
  "one\u2028two\u0085three\fsix",
  fence,
  `x${fence}y`,
  `</file-${fence}>`,
  `<file-${fence} name="a1.md" type="text/markdown">`,
  `${fence}${fence.slice(1)}`,
  "& < > \" '",
  "## a1.md (text)",
  "$& $1 $$",
];

export type Size = "line" | "small" | "medium" | "large" | "huge";

const lineCounts: Readonly<Record<Size, readonly [number, number]>> = {
  line: [1, 1],
  small: [2, 12],
  medium: [15, 40],
  large: [60, 120],
  huge: [300, 400],
};

/** A text that is never empty. */
export function randomText(seed: number, size: Size, fence: string): string {
  const random = new Random(seed);
  const [least, most] = lineCounts[size];
  const count = least + random.below(most - least + 1);
  const isOdd = random.chance(0.4);
  const ending = random.chance(0.15) ? "\r\n" : "\n";
  const lines = Array.from({ length: count }, () => randomLine(random, isOdd, fence));
  if (random.chance(0.03)) lines.push(words.join(" ").repeat(20));
  const text = lines.join(ending) + (random.chance(0.8) ? ending : "");
  return text === "" ? "x" : text;
}

function randomLine(random: Random, isOdd: boolean, fence: string): string {
  if (isOdd && random.chance(0.15)) return random.pick(oddLines(fence));
  if (random.chance(0.05)) return "";
  const count = 1 + random.below(6);
  const picked = Array.from({ length: count }, () => random.pick(words));
  return `${picked.join(" ")} ${random.below(1000)}`;
}

export const editKinds = [
  "line",
  "lines",
  "insert",
  "delete",
  "append",
  "break",
  "half",
  "whole",
  "empty",
  "swap",
  "huge",
] as const;
export type EditKind = (typeof editKinds)[number];

/** The text after an edit. Only one of kind `empty` leaves nothing. */
export function edited(text: string, kind: EditKind, seed: number, fence: string): string {
  if (kind === "empty") return "";
  const random = new Random(seed);
  const lines = text.split("\n");
  const at = random.below(lines.length);
  const line = (): string => randomLine(random, random.chance(0.3), fence);
  const after = edits[kind]({ text, lines, at, random, line, fence });
  return after === "" ? "x" : after;
}

interface Edited {
  readonly text: string;
  readonly lines: readonly string[];
  /** A line of it. */
  readonly at: number;
  readonly random: Random;
  /** Gives a new line. */
  readonly line: () => string;
  readonly fence: string;
}

const edits: Readonly<Record<EditKind, (edit: Edited) => string>> = {
  line: ({ lines, at, line }) => lines.toSpliced(at, 1, line()).join("\n"),
  lines: ({ lines, random, line }) =>
    lines.map((old) => (random.chance(0.15) ? line() : old)).join("\n"),
  insert: ({ lines, at, line }) => lines.toSpliced(at, 0, line(), line()).join("\n"),
  delete: ({ lines, at, random }) => lines.toSpliced(at, 1 + random.below(4)).join("\n"),
  append: ({ text, line }) => `${text}${line()}\n`,
  break: ({ text }) => (text.endsWith("\n") ? text.slice(0, -1) : `${text}\n`),
  half: ({ lines, line }) => lines.map((old, index) => (index % 2 === 0 ? line() : old)).join("\n"),
  swap: ({ lines, at }) => [...lines.slice(at), ...lines.slice(0, at)].join("\n"),
  whole: ({ random, fence }) =>
    randomText(random.below(2 ** 30), random.pick(["line", "small", "medium"]), fence),
  huge: ({ random, fence }) => randomText(random.below(2 ** 30), "huge", fence),
  empty: () => "",
};
