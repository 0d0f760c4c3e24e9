import { randomNumbers } from "../../../crash/mutations.ts";

/** What an attacker who has seen the token may write into a file, its name, or a diff of it. */
export interface Hostile {
  readonly fence: string;
  readonly text: string;
  readonly name: string;
}

const kinds = [
  "file",
  "diff",
  "gone",
  "digests",
  "files",
  "excerpt",
  "earlier",
  "finding",
  "hand-over",
];
const letters = [
  "a",
  " ",
  "\n",
  "\r\n",
  "\t",
  '"',
  "'",
  "<",
  ">",
  "/",
  "&",
  "#",
  ";",
  "-",
  "=",
  "\\",
];
const invisible = [
  "\u200B",
  "\u200D",
  "\u202E",
  "\uFEFF",
  "\u00AD",
  "\u2028",
  "\u0000",
  "\u{E0030}",
];

/** Texts and names that are made to end or to begin a marker. The same seed gives the same ones. */
export function* hostileInputs(seed: number, count: number): Generator<Hostile> {
  const random = randomNumbers(seed);
  const below = (most: number): number => Math.floor(random() * most);
  const pick = <T>(some: readonly T[]): T => some[below(some.length)] as T;
  for (let index = 0; index < count; index++) {
    const fence = fenceOf(pick, below);
    const piece = (): string => pieceOf(fence, pick, below);
    const text = Array.from({ length: 1 + below(8) }, piece).join("");
    const name = Array.from({ length: 1 + below(4) }, piece).join("");
    yield { fence, text, name };
  }
}

type Pick = <T>(some: readonly T[]) => T;
type Below = (most: number) => number;

/** Tokens are random digits; those that repeat themselves are the hardest to keep out of a text. */
function fenceOf(pick: Pick, below: Below): string {
  const period = pick([1, 2, 3, 13, 39, 39]);
  const digits = Array.from({ length: period }, () => String(below(10))).join("");
  return digits.repeat(39).slice(0, 39);
}

function pieceOf(fence: string, pick: Pick, below: Below): string {
  const at = below(fence.length + 1);
  const kind = pick(kinds);
  const token = pick([fence, fence, fence.slice(0, at) + fence, fence + fence.slice(at)]);
  switch (below(8)) {
    case 0:
      return pick([`<${kind}-`, `</${kind}-`]) + token + pick([">", "/>", "", ' name="x">', ">\n"]);
    case 1:
      return token;
    case 2:
      return fence.slice(0, at);
    case 3:
      return fence.slice(at);
    case 4:
      return fence.slice(0, at) + pick([...letters, ...invisible]) + fence.slice(at);
    case 5:
      return pick(letters).repeat(1 + below(3));
    case 6:
      return `&#${fence.codePointAt(0)};${fence.slice(1)}`;
    default:
      return pick(["+++ b/x\n", "- ", "## x (csv)\n", "⟦U+200B⟧", "\\", ...invisible]);
  }
}
