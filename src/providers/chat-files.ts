import type { ChatFile, ChatRequest } from "../core/ports/provider-chat.ts";
import type { CallSite, Refusal, Verdict } from "./http.ts";

/** All files of a request, in their order. */
export function filesIn({ messages }: ChatRequest): readonly ChatFile[] {
  return messages.flatMap((message) => ("files" in message ? (message.files ?? []) : []));
}

/** The names of the uploads that a request refers to, by their ids. */
export function referencesIn(request: ChatRequest): ReadonlyMap<string, string> {
  return new Map(
    filesIn(request).flatMap(({ name, source }) =>
      source.kind === "reference" ? [[source.id, name] as const] : [],
    ),
  );
}

/** What a refusal means that misses one of these uploads: it is named if the provider names its id, or if there is only one. */
export function lostFile(
  { sentence }: Refusal,
  { provider }: CallSite,
  references: ReadonlyMap<string, string>,
): Verdict {
  const named = [...references].find(([id]) => sentence.includes(id))?.[1];
  const [only] = references.size === 1 ? references.values() : [];
  const file = named ?? only;
  return {
    code: "provider-file-gone",
    sentence: `${provider} no longer has ${file ?? "a file of this request"}, so there is no answer: upload it again`,
    file,
  };
}

/** Bytes as an address that holds them. */
export function dataUrl(mediaType: string, bytes: Uint8Array): string {
  return `data:${mediaType};base64,${base64(bytes)}`;
}

/** Bytes in base64. In pieces, because a call takes only so many arguments; a multiple of three, so that the pieces fit together. */
export function base64(bytes: Uint8Array): string {
  const size = 24_576;
  const pieces: string[] = [];
  for (let start = 0; start < bytes.length; start += size) {
    pieces.push(btoa(String.fromCharCode(...bytes.subarray(start, start + size))));
  }
  return pieces.join("");
}
