import { lostFile } from "./chat-files.ts";
import { type CallSite, type Refusal, undone, type Verdict } from "./http.ts";

/** What Anthropic's own words mean. `references` are the names of the uploads that the request refers to, by their ids. */
// https://platform.claude.com/docs/en/api/errors
export function judgeOf(
  references: ReadonlyMap<string, string> = new Map(),
): (refusal: Refusal, site: CallSite) => Verdict | undefined {
  return (refusal, site) => {
    const isLost = references.size > 0 && isAboutFile(refusal);
    return isLost ? lostFile(refusal, site, references) : quotaVerdict(refusal, site);
  };
}

/** A model that is not found is told by the same type, and begins with the word. */
function isAboutFile({ status, reason, sentence }: Refusal): boolean {
  // Without a word for the reason, a 404 is some other server's.
  const isMissing = reason.includes("not_found_error") || (status === 404 && reason !== "");
  return isMissing && !/^model\b/i.test(sentence);
}

function quotaVerdict({ reason }: Refusal, site: CallSite): Verdict | undefined {
  const { provider } = site;
  if (reason.includes("storage_quota_exceeded")) {
    return {
      code: "quota-exceeded",
      sentence: `The storage of the ${provider} account is full, so ${undone(site)}: delete files there, then try again`,
    };
  }
  if (/billing|spend_limit_reached/.test(reason)) {
    return {
      code: "quota-exceeded",
      sentence: `The money of the ${provider} account is used up, so ${undone(site)}: check its credit and its spend limits at the provider`,
    };
  }
  return undefined;
}
