import { ContextError, type ContextErrorCode, isContextError } from "../core/errors.ts";
import { addressOf, shownAddress } from "./address.ts";
import { plainSentence, withoutKey } from "./plain-sentence.ts";
import { codeOf, detailsOf, mayPass, retryAfterOf } from "./refusal-code.ts";

/** What a request is about: all that an error may tell. */
export interface CallSite {
  /** Name of the provider for people. */
  readonly provider: string;
  readonly baseUrl: string;
  /** Known here only to be kept out of every error. */
  readonly key: string | undefined;
  /** The file that is uploaded, as the user knows it. */
  readonly file?: string | undefined;
  /** The model that is asked. */
  readonly model?: string | undefined;
  /** What the provider's own words mean, where its status and the usual words do not tell it; undefined for all others. */
  readonly judge?: ((refusal: Refusal, site: CallSite) => Verdict | undefined) | undefined;
}

/** What a refusal means. */
export interface Verdict {
  readonly code: ContextErrorCode;
  /** For people, with a way out, without a full stop. */
  readonly sentence: string;
  /** The file that it is about, if the request is about more than that. */
  readonly file?: string | undefined;
}

/** A reply that says no, or a request that never got one, whichever client reports it. */
export interface Refusal {
  readonly status: number | undefined;
  /** The provider's own word for the reason, for example `insufficient_quota`. */
  readonly reason: string;
  /** The provider's own sentence; `""` if it gave none. */
  readonly sentence: string;
  readonly headers: Headers | undefined;
  /** Milliseconds that the provider asks to wait; undefined if it asks for nothing. */
  readonly retryAfter: number | undefined;
}

const setKey = 'run "Satchel: Set API Key"';

/** The error to throw for anything that a request has thrown: an `AbortError` once the signal is aborted, else a `ContextError`. */
export function failureOf(error: unknown, site: CallSite, signal: AbortSignal): Error {
  if (signal.aborted) return abortError();
  if (isContextError(error)) return error;
  if (error instanceof SyntaxError) return malformed(site, "a reply that breaks off");
  const refusal = refusalOf(error, site.key);
  return refusal === undefined ? unreachable(error, site) : refused(refusal, site);
}

/** The reply came, but not in the shape that the API promises. `what` reads on from "sent". */
export function malformed(site: CallSite, what: string): ContextError {
  const after = site.file === undefined ? "" : ` for ${site.file}`;
  const check = `check that ${shownAddress(site.baseUrl)} is the right base URL`;
  return born("response-malformed", `${site.provider} sent ${what}${after}: ${check}`, site);
}

/** The error for what an adapter has found out by itself. */
export function errorFor({ code, sentence, file }: Verdict, site: CallSite): ContextError {
  return born(code, sentence, { ...site, file: file ?? site.file });
}

/** Throws what must stop a request before it is sent: an abort, an unusable base URL, a missing or impossible key. */
export function checkSendable(site: CallSite, needsKey: boolean, signal: AbortSignal): void {
  if (signal.aborted) throw abortError();
  if (addressOf(site.baseUrl) === undefined) {
    const sentence = `The base URL of ${site.provider} is not a web address: correct it in the settings`;
    throw born("provider-rejected", sentence, site);
  }
  if (site.key === undefined && needsKey) {
    throw born("key-missing", `There is no API key for ${site.provider}: ${setKey}`, site);
  }
  // A header cannot carry other characters, and fetch would quote the key in its complaint.
  if (site.key !== undefined && !/^[\x21-\x7e]+$/.test(site.key)) {
    const sentence = `The API key for ${site.provider} has characters that no key has: ${setKey}`;
    throw born("key-rejected", sentence, site);
  }
}

/** True for the error of a 404. */
export function isGone(error: unknown): boolean {
  return isContextError(error) && error.facts.status === 404;
}

/** The fields of an object; none for anything else. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}

/** The fields of a reply; throws `response-malformed` for a web page, a refusal with a good status, and other noise. */
export function replyFields(reply: unknown, site: CallSite): Readonly<Record<string, unknown>> {
  const fields = fieldsOf(reply);
  if (Object.keys(fields).length > 0 && !fields["error"]) return fields;
  const sentence = plainSentence(sentenceIn(fields["error"]), site.key);
  if (sentence !== "") throw malformed(site, `an error instead of a result (${sentence})`);
  throw malformed(site, typeof reply === "string" ? "a page instead of data" : "an empty reply");
}

/** What an aborted request throws. */
export function abortError(): Error {
  return new DOMException("This operation was aborted", "AbortError");
}

/** Reads an error by its shape, not its class: clients have classes of their own, and bundles several copies of them. */
function refusalOf(error: unknown, key: string | undefined): Refusal | undefined {
  const { status, error: body, headers, code, type } = fieldsOf(error);
  const said = innermost(fieldsOf(body));
  const known = [status, said["code"]].find(
    (each) => typeof each === "number" && each >= 300 && each < 600,
  );
  if (known === undefined && Object.keys(said).length === 0) return undefined;
  const { quotas, retryDelay } = detailsOf(said["details"]);
  const { error_code: detail } = fieldsOf(said["details"]);
  const reasons = [code, type, said["code"], said["type"], said["status"], detail, ...quotas];
  const sent = headers instanceof Headers ? headers : undefined;
  return {
    status: known as number | undefined,
    reason: [...new Set(reasons.filter((reason) => typeof reason === "string"))].join(" "),
    sentence: plainSentence(sentenceIn(typeof body === "string" ? body : said), key),
    headers: sent,
    retryAfter: (sent && retryAfterOf(sent)) ?? retryDelay,
  };
}

/** Some clients hand over the whole reply, in which the error is. */
function innermost(body: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const inner = fieldsOf(body["error"]);
  return Object.keys(inner).length > 0 && sentenceIn(body) === "" ? inner : body;
}

/** The sentence of an error body: `{message}`, `{detail}` or the bare text; not a web page. */
function sentenceIn(body: unknown): string {
  const { message, detail } = fieldsOf(body);
  const text = [body, message, detail].find((each) => typeof each === "string");
  return text === undefined || /^\s*</.test(text) ? "" : text;
}

function refused(refusal: Refusal, site: CallSite): ContextError {
  const verdict = site.judge?.(refusal, site);
  const code = verdict?.code ?? codeOf(refusal);
  const { status } = refusal;
  const retryAfter = mayPass(code) ? refusal.retryAfter : undefined;
  const sentence = verdict?.sentence ?? refusalSentence(refusal, code, { site, retryAfter });
  const about = { ...site, file: verdict?.file ?? site.file };
  return born(code, sentence, about, { status, retryAfter, cause: causeOf(refusal) });
}

interface SentenceParts {
  readonly site: CallSite;
  readonly retryAfter: number | undefined;
}

function refusalSentence(
  refusal: Refusal,
  code: ContextErrorCode,
  { site, retryAfter }: SentenceParts,
): string {
  const { provider } = site;
  if (code === "quota-exceeded") {
    const said = refusal.sentence === "" ? "" : ` (${refusal.sentence})`;
    return `The quota of the ${provider} account is used up, so ${undone(site)}${said}: check its plan and billing at the provider`;
  }
  if (code === "key-rejected") return keySentence(refusal, site);
  if (code === "provider-busy" && refusal.status === 429) {
    return `${provider} is busy, so ${undone(site)}: try again ${waitOf(retryAfter)}`;
  }
  if (code === "provider-busy") {
    const { file } = site;
    // The failure may have come after the file was stored.
    const subject = file === undefined ? "" : `, and ${file} may not have arrived`;
    return `${provider} has trouble of its own${subject}: try again ${waitOf(retryAfter)}`;
  }
  const address = shownAddress(site.baseUrl);
  if (code === "provider-unreachable") {
    return `${provider} could not be reached at ${address}, because a gateway on the way did not get through: check the network, then try again`;
  }
  return rejectedSentence(refusal, site, address);
}

function rejectedSentence(refusal: Refusal, site: CallSite, address: string): string {
  const { status = 0, sentence } = refusal;
  const { provider, model } = site;
  if (status >= 300 && status < 400) {
    return `${provider} at ${address} redirects to another address, and the API key must not go there: correct the base URL in the settings`;
  }
  if (model !== undefined && lacksModel(refusal)) {
    return `${provider} has no model "${model}" for this account: choose another model`;
  }
  const task = `${provider} refused the request, so ${undone(site)}`;
  if (sentence !== "") return `${task}: ${sentence}`;
  if (status === 404) return `${task}: check that ${address} is the right base URL`;
  if (status === 413) return `${task}: it is too large for this server`;
  return `${task}: it gave no reason, only status ${status}`;
}

/** A 404 may also be about the address. */
function lacksModel({ status, reason, sentence }: Refusal): boolean {
  return reason.includes("model_not_found") || (status === 404 && /^$|model/i.test(sentence));
}

function keySentence({ status, sentence }: Refusal, { provider, key }: CallSite): string {
  if (key === undefined) return `${provider} asks for an API key, and none is set: ${setKey}`;
  if (status === 403 && sentence !== "") {
    return `${provider} does not let this API key do that (${sentence}): check its permissions, or ${setKey}`;
  }
  return `${provider} rejected the API key: ${setKey} and enter a valid one`;
}

/** What a refused request has not done: reads on from "so". */
export function undone({ file, model }: CallSite): string {
  if (file !== undefined) return `${file} was not uploaded`;
  return model === undefined ? "nothing was done" : "there is no answer";
}

function waitOf(milliseconds: number | undefined): string {
  if (milliseconds === undefined) return "in a moment";
  const seconds = Math.ceil(milliseconds / 1000);
  if (seconds < 120) return `in ${seconds} ${seconds === 1 ? "second" : "seconds"}`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 120 ? `in ${minutes} minutes` : `in ${Math.ceil(minutes / 60)} hours`;
}

function causeOf({ status, reason, sentence, headers }: Refusal): Error {
  const request = headers?.get("x-request-id") ?? headers?.get("request-id") ?? undefined;
  const parts = [status, reason, request && `request ${request}`, sentence];
  return new Error(parts.filter((part) => part !== undefined && part !== "").join(" "));
}

/** Words for the ways in which a connection fails, by what is found in the chain of causes. */
const connectionFailures: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [/ECONNREFUSED/, "the connection was refused"],
  [/ENOTFOUND|EAI_AGAIN|EAI_NODATA/, "its name was not found"],
  [/WRONG_VERSION_NUMBER|EPROTO/, "it does not speak https"],
  [/CERT|SELF_SIGNED|UNABLE_TO_VERIFY|altname/i, "its certificate is not trusted"],
  [/ENETUNREACH|EHOSTUNREACH|ENETDOWN/, "there is no way to it"],
  [/tim(?:ed?|e) ?out|ETIMEDOUT/i, "it did not answer in time"],
  [/ECONNRESET|EPIPE|UND_ERR_SOCKET|terminated|other side closed/, "the connection broke"],
];

function unreachable(error: unknown, site: CallSite): ContextError {
  const chain = plainSentence(causeChain(error), site.key);
  const reason = connectionFailures.find(([pattern]) => pattern.test(chain))?.[1];
  const sentence = `${site.provider} could not be reached at ${shownAddress(site.baseUrl)}, because ${reason ?? "the connection failed"}`;
  const subject = site.file === undefined ? "" : ` while ${site.file} was sent`;
  const way = "check the network and the base URL, then try again";
  return born("provider-unreachable", `${sentence}${subject}: ${way}`, site, {
    cause: new Error(chain),
  });
}

function causeChain(error: unknown): string {
  const words: string[] = [];
  for (
    let each = error, depth = 0;
    each instanceof Error && depth < 8;
    each = each.cause, depth += 1
  ) {
    const { code } = fieldsOf(each);
    words.push(typeof code === "string" ? `${code} ${each.message}` : each.message);
  }
  return words.join(" < ");
}

function born(
  code: ContextErrorCode,
  sentence: string,
  site: CallSite,
  facts: { status?: number | undefined; retryAfter?: number | undefined; cause?: Error } = {},
): ContextError {
  // The base URL may hold the key, too.
  const message = withoutKey(sentence, site.key);
  return new ContextError(code, message, { provider: site.provider, file: site.file, ...facts });
}
