import type { Payload, TextSpan } from "../../../src/headless/trace.ts";
import { applyStrictly } from "./strict-diff.ts";

/** What a request proves by its messages. */
export interface Evidence {
  /** True if the text stands in a message, byte for byte. */
  readonly says: (text: string) => boolean;
  /** True if the text of a file stands in a message, or if the diffs that the payload points at lead to it. An empty file has to be named. */
  readonly shows: (path: string, text: string) => boolean;
}

/** Looks for texts in a payload. What it claims of files says where to look, and is not believed. */
export function evidenceOf({ messages, files }: Payload): Evidence {
  // No text spans two messages: what stands between them is in none.
  const all = messages.map(({ content }) => content).join("\0\0");
  const cut = ([message, start, end]: TextSpan): string =>
    messages[message]?.content.slice(start, end) ?? "";
  const assembled = (path: string): string | undefined => {
    const claim = files.find((file) => file.path === path);
    if (!claim) return undefined;
    let text: string | undefined = cut(claim.full);
    for (const diff of claim.diffs) {
      text = applyStrictly(text, cut(diff));
      if (text === undefined) return undefined;
    }
    return text;
  };
  return {
    says: (text) => all.includes(text),
    shows: (path, text) =>
      all.includes(text === "" ? path : text) || (text !== "" && assembled(path) === text),
  };
}
