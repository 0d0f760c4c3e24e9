/**
 * File text stands between markers that carry a random token of the session. A text cannot close its own fence, because it cannot hold the
 * token: every occurrence is broken up. This says where a file begins and ends, and cannot be forged; it does not make a model
 * obey. The token is constant for the session, or the prompt cache would be lost with each request.
 */

/** A new token: 128 random bits as 32 hex digits. */
export function newFence(): string {
  return crypto.randomUUID().replaceAll("-", "");
}

/** The line before a file's text. */
export function openMarker(fence: string, attributes: Readonly<Record<string, string>>): string {
  const written = Object.entries(attributes).map(
    ([name, value]) => ` ${name}="${attribute(fence, value)}"`,
  );
  return `<file-${fence}${written.join("")}>\n`;
}

/** The line after a file's text. */
export function closeMarker(fence: string): string {
  return `\n</file-${fence}>`;
}

/** The text with every occurrence of the token broken up, overlapping ones included, so that it cannot hold a marker. */
export function escapeFence(fence: string, text: string): string {
  if (!text.includes(fence)) return text;
  return text.replaceAll(new RegExp(`${fence.slice(0, 1)}(?=${fence.slice(1)})`, "gu"), "$&\\");
}

function attribute(fence: string, value: string): string {
  const escaped = value
    .replace(/[&<>"]/gu, (character) => `&#${character.codePointAt(0)};`)
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) => `&#${character.codePointAt(0)};`);
  return escapeFence(fence, escaped);
}
