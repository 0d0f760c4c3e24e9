/** Bytes of the longest file name; the page does not say whether it means characters. */
const longest = 255;

/** Where Satchel's tag begins, which must survive. */
const tag = /\.stc-[0-9a-f]{12}-[0-9a-f]{6}/;

// https://platform.claude.com/docs/en/build-with-claude/files
/** A file name that Anthropic takes: other characters are replaced, and one that is too long loses the end of its stem. */
export function acceptedName(name: string): string {
  const clean = name.replace(/[<>:"|?*\\/\p{Cc}]/gu, "_");
  const start = tag.exec(clean)?.index ?? clean.length;
  const rest = cut(clean.slice(start), longest);
  return cut(clean.slice(0, start), longest - byteLength(rest)) + rest;
}

/** The longest start of a text that has no more than so many bytes of UTF-8. */
function cut(text: string, bytes: number): string {
  return text.slice(0, new TextEncoder().encodeInto(text, new Uint8Array(bytes)).read);
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
