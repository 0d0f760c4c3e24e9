/** Letters, numbers and their marks; no more than this many at once, because putting marks in order takes time that grows with the square of their number. */
const runs = /[\p{L}\p{N}\p{M}_]{1,200}/gu;
const longestWord = 200;
// oxlint-disable-next-line no-control-regex
const ascii = /^[\x00-\x7f]*$/u;
/** Marks of European letters, as in é: a question may leave them out. */
const accents = /[\u0300-\u036f]/gu;

const unspaced =
  "\\p{scx=Han}\\p{scx=Hira}\\p{scx=Kana}\\p{scx=Hang}\\p{scx=Bopo}\\p{scx=Thai}\\p{scx=Laoo}\\p{scx=Khmr}\\p{scx=Mymr}";
/** Of one script each: words of those that are written without spaces, or the others. */
const scripts = new RegExp(`(?<unspaced>[${unspaced}]+)|[^${unspaced}]+`, "gu");
/** Between the parts of an identifier: parse_json, parseJson, JSONParser. */
const joints = /_+|(?<=[\p{Ll}\p{N}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u;

/** Something to look for. */
export interface Term {
  readonly text: string;
  /** True for a single letter of a script without spaces: it is found at the start of the pairs. */
  readonly isStart: boolean;
}

/**
 * The words of a text as they are indexed: in lower case, without accents, identifiers as a whole and in parts. A script that is written without spaces gives
 * pairs of letters, and the last letter of each run alone. Each is letters and numbers only.
 */
export function* indexedWords(text: string): Generator<string> {
  for (const { letters, isUnspaced } of partsOf(text)) {
    if (isUnspaced) {
      yield* pairsOf(letters);
      yield letters.at(-1) as string;
    } else {
      yield* identifier(letters.join(""));
    }
  }
}

/** What a question asks for, each term once. */
export function* termsOf(question: string): Generator<Term> {
  const seen = new Set<string>();
  for (const { letters, isUnspaced } of partsOf(question)) {
    const isStart = isUnspaced && letters.length === 1;
    const found = isUnspaced && !isStart ? pairsOf(letters) : identifier(letters.join(""));
    for (const text of found) {
      if (seen.has(text)) continue;
      seen.add(text);
      yield { text, isStart };
    }
  }
}

/** Letters that belong together. */
interface Part {
  readonly letters: readonly string[];
  readonly isUnspaced: boolean;
}

function* partsOf(text: string): Generator<Part> {
  for (const [run] of text.matchAll(runs)) {
    const isAscii = ascii.test(run);
    // Encoded bytes are not words.
    if (isAscii && run.length >= longestWord) continue;
    if (isAscii) yield { letters: [run], isUnspaced: false };
    else yield* partsByScript(run);
  }
}

function* partsByScript(run: string): Generator<Part> {
  // Some letters stand for several words, with spaces in between.
  for (const [word] of plain(run).matchAll(runs)) {
    for (const { 0: part, groups } of word.matchAll(scripts)) {
      yield { letters: Array.from(part), isUnspaced: groups?.["unspaced"] !== undefined };
    }
  }
}

/** Without accents, and in letters of the usual width. A letter that stands for a whole sentence stays, so that no text grows without measure. */
function plain(run: string): string {
  const letters = run.normalize("NFKD").replaceAll(accents, "").normalize("NFKC");
  return letters.length <= 2 * run.length ? letters : run.normalize("NFC");
}

function* pairsOf(letters: readonly string[]): Generator<string> {
  for (let at = 1; at < letters.length; at++) {
    yield `${letters[at - 1]}${letters[at]}`;
  }
}

function* identifier(word: string): Generator<string> {
  const parts = word.split(joints).filter((part) => part !== "");
  if (parts.length === 0) return;
  yield parts.join("").toLowerCase();
  if (parts.length > 1) for (const part of parts) yield part.toLowerCase();
}
