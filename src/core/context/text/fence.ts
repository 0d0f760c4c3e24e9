/**
 * File text stands between markers that carry a random token of the session. A text cannot close its own fence, because it cannot hold the
 * token: every occurrence is broken up. This says where a file begins and ends, and cannot be forged; it does not make a model
 * obey. The token is constant for the session, or the prompt cache would be lost with each request.
 */

/** A new token: 128 random bits as 39 decimal digits, which cost half as many tokens as hex digits do. */
export function newFence(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const bits = bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
  return bits.toString().padStart(39, "0");
}

/** The line before a text that Satchel did not write. `kind` says what it is, for example `file`. */
export function openMarker(
  kind: string,
  fence: string,
  attributes: Readonly<Record<string, string>>,
): string {
  return `<${kind}-${fence}${written(fence, attributes)}>\n`;
}

/** The line after such a text. */
export function closeMarker(kind: string, fence: string): string {
  return `\n</${kind}-${fence}>`;
}

/** A marker that has no text. */
export function emptyMarker(
  kind: string,
  fence: string,
  attributes: Readonly<Record<string, string>>,
): string {
  return `<${kind}-${fence}${written(fence, attributes)}/>`;
}

/** The text with every occurrence of the token broken up, overlapping ones included, so that it cannot hold a marker. */
export function escapeFence(fence: string, text: string): string {
  if (!text.includes(fence)) return text;
  return text.replaceAll(new RegExp(`${fence.slice(0, 1)}(?=${fence.slice(1)})`, "gu"), "$&\\");
}

/** A name as it may stand in a line of its own or in an attribute. */
export function escapeName(fence: string, name: string): string {
  const escaped = name
    .replace(/[&<>"]/gu, (character) => `&#${character.codePointAt(0)};`)
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) => `&#${character.codePointAt(0)};`);
  return escapeFence(fence, escaped);
}

function written(fence: string, attributes: Readonly<Record<string, string>>): string {
  return Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${escapeName(fence, value)}"`)
    .join("");
}
