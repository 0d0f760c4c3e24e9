/** Marks ids that Satchel made up, because the model gave none. */
const prefix = "satchel-";

/** What Google allows instead of a signature that nobody has any more, or never had: another provider's model may have made the call. */
// https://ai.google.dev/gemini-api/docs/thought-signatures
const noSignature = "skip_thought_signature_validator";

/** Most signatures that are remembered. */
const most = 500;

/**
 * Signatures of thoughts, by the ids of the tool calls that they came with. They must come back with the call, and a tool call has no place for them. They
 * cannot be made part of the id: they have thousands of characters, and other providers, who are told the same conversation, take 40.
 */
const signatures = new Map<string, string>();

/** Where a tool call stands in a conversation. */
export interface CallPlace {
  /** How many messages the request had. */
  readonly messages: number;
  /** How many calls the answer had before. */
  readonly before: number;
}

/**
 * The id of a tool call: the model's own, or else one that depends on the call and its place alone, so that the same answer always gets the same ids and
 * two answers of one conversation never do.
 */
export async function idFor(
  call: { readonly id: unknown; readonly name: string; readonly input: string },
  { messages, before }: CallPlace,
): Promise<string> {
  if (typeof call.id === "string" && call.id !== "") return call.id;
  const text = new TextEncoder().encode(`${call.name}\n${call.input}`);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", text)).subarray(0, 4);
  const hex = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${prefix}${messages}-${before}-${hex}`;
}

/** The id as Gemini is told it: nothing for one that it never saw. */
export function sentId(id: string): { readonly id?: string } {
  return id.startsWith(prefix) ? {} : { id };
}

/** Keeps the signature that came with a call; the oldest make room. */
export function rememberSignature(id: string, signature: unknown): void {
  if (typeof signature !== "string" || signature === "") return;
  signatures.delete(id);
  signatures.set(id, signature);
  const [oldest] = signatures.keys();
  if (signatures.size > most && oldest !== undefined) signatures.delete(oldest);
}

/** The signature to send with a call; undefined if none is needed. Of the calls of one step only the first has one. */
export function signatureFor(
  id: string,
  { model, isFirst }: { readonly model: string; readonly isFirst: boolean },
): string | undefined {
  const known = signatures.get(id);
  if (known !== undefined || !isFirst) return known;
  return /^gemini-[12][.-]|^gemma/.test(model) ? undefined : noSignature;
}
