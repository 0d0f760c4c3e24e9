import type { ContextError } from "../core/errors.ts";
import { lostFile } from "./chat-files.ts";
import { type CallSite, errorFor, type Refusal, type Verdict } from "./http.ts";

/** What a refused question means. `references` are the names of the uploads that it refers to, by their ids. */
export function judgeOf(
  references: ReadonlyMap<string, string>,
): (refusal: Refusal, site: CallSite) => Verdict | undefined {
  return (refusal, site) => {
    const { status, sentence } = refusal;
    const isNamed = [...references.keys()].some((id) => sentence.includes(id));
    const isMissing = /no such file|not? (?:be )?(?:found|exist)|expired|deleted|no longer/i.test(
      sentence,
    );
    const isLost = isMissing && (isNamed || (status === 404 && /\bfiles?\b/i.test(sentence)));
    return isLost && references.size > 0 ? lostFile(refusal, site, references) : undefined;
  };
}

/** Why an answer ends before its end; undefined for a reason that is none. */
const cuts: Readonly<Record<string, string>> = {
  length: "it reached the greatest length that an answer may have: ask for less at once",
  max_output_tokens: "it reached the greatest length that an answer may have: ask for less at once",
  content_filter: "its content filter objected: put the question in another way",
};

/** The error for an answer that the model was not allowed to finish; undefined for one that ended by itself. */
export function cutShort(reason: string, site: CallSite): ContextError | undefined {
  const why = Object.hasOwn(cuts, reason) ? cuts[reason] : undefined;
  if (why === undefined) return undefined;
  const sentence = `${site.provider} broke the answer off, because ${why}`;
  return errorFor({ code: "provider-rejected", sentence }, site);
}
