import type { ChatRequest } from "../core/ports/provider-chat.ts";
import { lostFile, referencesIn } from "./chat-files.ts";
import { type CallSite, type Refusal, undone, type Verdict } from "./http.ts";

/** What Gemini's words mean, where its status misleads. */
export function judge(refusal: Refusal, site: CallSite): Verdict | undefined {
  const { provider } = site;
  const { reason, sentence: said } = refusal;
  // A key that nobody knows, or that has expired, is a 400 at Google.
  if (/\bAPI_KEY_INVALID\b/.test(reason) || /^API key (?:not valid|expired)/.test(said)) {
    const way = 'run "Satchel: Set API Key" and enter a valid one';
    return { code: "key-rejected", sentence: `${provider} rejected the API key: ${way}` };
  }
  if (/PerDay/.test(reason)) {
    const way = "wait until tomorrow, or check its plan and billing at the provider";
    const sentence = `The ${provider} account has used up its quota for today, so ${undone(site)}: ${way}`;
    return { code: "quota-exceeded", sentence };
  }
  if (/file_?storage/i.test(`${reason} ${said}`)) {
    const way = "delete files there, or wait until they expire";
    const sentence = `The ${provider} account has no room for more files, so ${undone(site)}: ${way}`;
    return { code: "quota-exceeded", sentence };
  }
  return undefined;
}

/**
 * Like `judge`, for a request about the file with this id. Gemini does not tell a file that is gone from one that belongs to others, and is at a loss
 * with an id that it never gave out.
 */
// https://github.com/googleapis/python-genai/issues/1218
export function judgeFile(id: string): (refusal: Refusal, site: CallSite) => Verdict | undefined {
  return (refusal, site) => {
    const { status } = refusal;
    const isStrange = status === 400 && !/^files\/[a-z0-9-]{1,40}$/.test(id);
    const isGone = isStrange || status === 404 || (status === 403 && !isAboutAccount(refusal));
    const gone = `${site.provider} has no such file any more`;
    const verdict = judge(refusal, site);
    return verdict ?? (isGone ? { code: "provider-file-gone", sentence: gone } : undefined);
  };
}

/** Like `judge`, for a request for an answer: the files that it refers to may be gone. */
export function judgeChat(
  request: ChatRequest,
): (refusal: Refusal, site: CallSite) => Verdict | undefined {
  // Gemini may name a file without the folder that is a part of its id.
  const references = new Map(
    [...referencesIn(request)].map(([id, name]) => [id.replace(/^files\//, ""), name] as const),
  );
  return (refusal, site) => {
    const { status, sentence } = refusal;
    const isAboutFile =
      references.size > 0 &&
      (status === 403 || status === 404) &&
      /\bfiles?\b/i.test(sentence) &&
      !isAboutAccount(refusal);
    return isAboutFile ? lostFile(refusal, site, references) : judge(refusal, site);
  };
}

/** True if the account as a whole is refused, not one thing of it. */
function isAboutAccount({ reason, sentence }: Refusal): boolean {
  const words = /API_KEY|api key|SERVICE_|CONSUMER_|BILLING|has not been used|suspended|blocked/i;
  return words.test(`${reason} ${sentence}`);
}
