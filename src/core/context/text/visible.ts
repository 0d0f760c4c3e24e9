/**
 * Characters that a person does not see and a model reads: they have been used to hide instructions in files ("Rules File Backdoor", Pillar Security, 2025; Trojan
 * Source, CVE-2021-42574). All that Unicode lets programs ignore (tags, bidirectional controls, joiners, fillers, variation selectors: UAX 44,
 * Default_Ignorable_Code_Point), marks of annotations, and control characters other than tab, line and page breaks.
 */
const hidden =
  // oxlint-disable-next-line no-control-regex -- these are what is looked for
  /[\p{Default_Ignorable_Code_Point}\uFFF9-\uFFFB\u0000-\u0008\u000B\u000E-\u001F\u007F-\u009F]/gu;

/** A text with its hidden characters written out, and how many there were. */
export interface VisibleText {
  readonly text: string;
  readonly hidden: number;
}

/** Writes hidden characters out as `⟦U+200B⟧`. A byte order mark at the start, joiners and variation selectors that shape an emoji or a letter of a script stay as they are. */
export function makeVisible(text: string): VisibleText {
  if (text.search(hidden) < 0) return { text, hidden: 0 };
  let count = 0;
  let writtenOut = -1;
  const visible = text.replaceAll(hidden, (character, offset: number) => {
    // What follows a character that was written out has nothing in front of it that it could shape.
    if (writtenOut !== offset && isPartOfLetter(text, offset, character)) return character;
    count++;
    writtenOut = offset + character.length;
    const code = character.codePointAt(0) ?? 0;
    return `⟦U+${code.toString(16).toUpperCase().padStart(4, "0")}⟧`;
  });
  return { text: visible, hidden: count };
}

/** How many characters of a text were written out. */
export function countWrittenOut(text: string): number {
  return text.match(/⟦U\+[0-9A-F]{4,6}⟧/gu)?.length ?? 0;
}

/** A joiner between two letters of a script that is written joined, or between emoji; a selector behind a character that it can select a form of. */
function isPartOfLetter(text: string, offset: number, character: string): boolean {
  if (offset === 0) return character === "\uFEFF";
  const before = characterBefore(text, offset);
  if (/^[\uFE0E\uFE0F]$/u.test(character)) return /^\p{Emoji}$/u.test(before);
  if (/^[\uFE00-\uFE02]$/u.test(character)) return /^[\p{Sm}\p{Script=Han}]$/u.test(before);
  return /^[\u200C\u200D]$/u.test(character) && joins(before, text, offset, character);
}

function joins(before: string, text: string, offset: number, joiner: string): boolean {
  const after = String.fromCodePoint(text.codePointAt(offset + 1) ?? 0);
  if (joined.test(before) && joined.test(after)) return true;
  return joiner === "\u200D" && emoji.test(before) && emoji.test(after) && after !== "\uFE0F";
}

const joined =
  /^(?!\p{Default_Ignorable_Code_Point})[\p{Script=Arabic}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Oriya}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Syriac}\p{Script=Mongolian}\p{M}]$/u;
const emoji = /^[\p{Extended_Pictographic}\p{Emoji_Modifier}\uFE0F\u2640\u2642]$/u;

/** The whole character that ends at `offset`. */
function characterBefore(text: string, offset: number): string {
  const pair = text.slice(Math.max(0, offset - 2), offset);
  return /.$/su.exec(pair)?.[0] ?? "";
}
