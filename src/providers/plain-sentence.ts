/** Longest sentence of a provider that is shown. */
const longest = 300;

/** What keys look like in the replies of the services that Satchel speaks to, starred-out ones included. */
const keyLike = [
  /\b(?:sk|sess|gsk|xai|ghp|gho|hf)[-_][\w*-]{6,}/gi,
  /\bAIza[\w*-]{10,}/g,
  /\beyJ[\w-]+\.[\w-]+\.?[\w-]*/g,
  /\bBearer\s+\S+/gi,
];

/**
 * A provider's own words, fit to stand inside a sentence of Satchel: on one line, at most 300 characters, without a full stop at the end,
 * and without the key or anything else that looks like one.
 */
export function plainSentence(text: string, key: string | undefined): string {
  const clean = keyLike.reduce((rest, like) => rest.replace(like, "[key]"), withoutKey(text, key));
  const line = clean.replace(/[\p{Cc}\p{Cf}\s]+/gu, " ");
  const cut = line.length > longest ? `${line.slice(0, longest)}...` : line;
  return cut
    .trim()
    .replace(/\.\s+(?=[\p{Lu}[])/gu, "; ")
    .replace(/(?<!\.)[.!]$/u, "");
}

/** The text without this very key. */
export function withoutKey(text: string, key: string | undefined): string {
  // A key of few characters is a local server's placeholder; cutting it out would riddle the sentence.
  return key === undefined || key.length < 6 ? text : text.replaceAll(key, "[key]");
}
