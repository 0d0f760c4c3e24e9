/** First 16 hex digits of the key's SHA-256; `""` without a key. Equal keys, equal fingerprints; the key cannot be told from it. */
export async function accountOf(key: string | undefined): Promise<string> {
  if (key === undefined) return "";
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(key));
  const hex = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0"));
  return hex.join("").slice(0, 16);
}
