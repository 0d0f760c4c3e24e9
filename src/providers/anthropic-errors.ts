import { type CallSite, failureOf, fieldsOf, type Refusal, undone, type Verdict } from "./http.ts";

/** The names of uploads, by their ids. */
export type References = ReadonlyMap<string, string>;

/** What a request has thrown, as `failureOf` tells it; `provider-file-gone` if one of these uploads is there no more. */
export function anthropicFailure(
  error: unknown,
  site: CallSite,
  signal: AbortSignal,
  references: References = new Map(),
): Error {
  const { status, headers, error: body } = fieldsOf(error);
  const { type, message, details } = fieldsOf(fieldsOf(body)["error"]);
  if (typeof type !== "string") return failureOf(error, { ...site, judge }, signal);
  const refusal = { type, message, code: fieldsOf(details)["error_code"] };
  const text = typeof message === "string" ? message : "";
  // A model that is not found is told by the same type, and begins with the word.
  const isFile = (status === 404 || type === "not_found_error") && !/^model\b/i.test(text);
  const isLost = isFile && references.size > 0;
  const judged = isLost ? siteWithout(lostIn(text, references), site) : { ...site, judge };
  return failureOf({ status, headers, error: refusal }, judged, signal);
}

// https://platform.claude.com/docs/en/api/errors
/** What the words of this service mean that are not those of others. */
function judge({ reason }: Refusal, site: CallSite): Verdict | undefined {
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

/** The file that a refusal names by its id; the only one, if it names none. */
function lostIn(message: string, references: References): string | undefined {
  const named = [...references].find(([id]) => message.includes(id))?.[1];
  const [only] = references.values();
  return named ?? (references.size === 1 ? only : undefined);
}

function siteWithout(file: string | undefined, site: CallSite): CallSite {
  const sentence = `${site.provider} no longer has ${file ?? "a file of the request"}, so ${undone(site)}: upload it again`;
  return { ...site, file, judge: () => ({ code: "provider-file-gone", sentence }) };
}
