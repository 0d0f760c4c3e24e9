/** The messages in the text that `/pack` shows, byte for byte. */
export function packedMessages(text: string): readonly string[] {
  return text
    .split(/^──────── message \d+ of \d+ · \w+ ────────\n/mu)
    .slice(1)
    .map((part) => part.replace(/\n$/u, ""));
}
