import { lostFile } from "./chat-files.ts";
import { type CallSite, type Refusal, undone, type Verdict } from "./http.ts";

/** What Kimi's own words mean. `references` are the names of the uploads that the request refers to, by their ids. */
// https://platform.kimi.ai/docs/api/errors
export function judgeOf(
  references: ReadonlyMap<string, string> = new Map(),
): (refusal: Refusal, site: CallSite) => Verdict | undefined {
  return (refusal, site) => {
    const { status, reason, sentence } = refusal;
    if (status === 401 && site.key !== undefined) return keyVerdict(site);
    if (reason.includes("exceeded_current_quota")) return quotaVerdict(site);
    if (site.file !== undefined && isFull.test(sentence)) return fullVerdict(refusal, site);
    if (site.model === undefined && isUntimely(refusal)) return textVerdict(refusal, site);
    const isLost = references.size > 0 && isAboutLostFile(refusal);
    return isLost ? lostFile(refusal, site, references) : undefined;
  };
}

/** What is asked for is not there to be had, for example the text of an image. */
function isUntimely({ reason }: Refusal): boolean {
  return reason.includes("failed_precondition");
}

function isAboutLostFile({ sentence }: Refusal): boolean {
  return /\bfile|ms:\/\//i.test(sentence) && /not (?:found|exist)/i.test(sentence);
}

/** Accounts in China and elsewhere are two worlds, and each server rejects the keys of the other. */
function keyVerdict({ provider }: CallSite): Verdict {
  return {
    code: "key-rejected",
    sentence: `${provider} rejected the API key: run "Satchel: Set API Key" and enter a valid one; a key from platform.kimi.com works only with the base URL https://api.moonshot.cn/v1, one from platform.kimi.ai only with https://api.moonshot.ai/v1`,
  };
}

function textVerdict({ sentence }: Refusal, { provider }: CallSite): Verdict {
  const said = sentence === "" ? "" : ` (${sentence})`;
  return {
    code: "provider-rejected",
    sentence: `${provider} has no text of this file${said}: only documents and texts that it could read have one, so upload the file in another format`,
  };
}

/** An organisation may hold 1,000 files of 10 GB in all; no page tells the very words of the refusal. */
const isFull = /too many files|exceed\w* .*\bfiles|exceed\w* .*10 ?GB/i;

function fullVerdict({ sentence }: Refusal, site: CallSite): Verdict {
  return {
    code: "quota-exceeded",
    sentence: `${site.provider} holds as many files of this organisation as it may, so ${undone(site)} (${sentence}): remove uploads that are no longer needed`,
  };
}

function quotaVerdict(site: CallSite): Verdict {
  const { provider } = site;
  return {
    code: "quota-exceeded",
    sentence: `The ${provider} account has no money left or is suspended, so ${undone(site)}: check its balance and billing at the provider`,
  };
}
