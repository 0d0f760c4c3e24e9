import type { ContextErrorCode } from "../core/errors.ts";
import type { Refusal } from "./http.ts";

/** Some servers ask for no wait at all, and would be asked again and again. */
const shortestWait = 250;

/** What ways out of a network answer when they do not get through to the server behind them. */
const gatewayFailures = new Set([407, 502, 504, 520, 521, 522, 523, 524, 530]);

const passing = new Set([408, 409, 423, 425, 429]);

/** The providers' own words for money, plans and storage that are used up: whatever the status, a wait of moments does not help. */
const spent: readonly RegExp[] = [
  // https://developers.openai.com/api/docs/guides/error-codes
  /\binsufficient_quota\b|\bbilling_(?:hard_limit_reached|not_active)\b/,
  // Azure OpenAI, for files that never expire.
  /\bquotaExceeded\b/i,
  // Kimi
  /\bexceeded_current_quota_error\b/,
  // GLM: money, the period of a plan, or the plan itself.
  /(?:^| )(?:1113|130[89]|131[013-9]|132[01])(?= |$)/,
  // Gemini: a quota that only the next day refills, for example GenerateRequestsPerDayPerProjectPerModel.
  /PerDay/,
];

/** Words for what passes, where an error comes without a status, as those inside of a stream do. */
const passingWords = /rate_limit|server_error|api_error|overloaded|unavailable|timeout/;

/**
 * The code of a refusal. Only after `provider-busy` and `provider-unreachable` a request is sent again, so this is where it is decided what may pass:
 * what the provider says about that itself goes first, then its words for what does not pass, then its status.
 */
export function codeOf({ status, reason, sentence, headers }: Refusal): ContextErrorCode {
  if (spent.some((pattern) => pattern.test(reason))) return "quota-exceeded";
  const code = codeByStatus(status, reason);
  // https://github.com/openai/openai-node/blob/master/src/client.ts
  const should = headers?.get("x-should-retry");
  if (should === "true" && code === "provider-rejected") return "provider-busy";
  if (should === "false" && mayPass(code)) return "provider-rejected";
  // A conflict passes, unless it is with something that is there to stay.
  const stays = status === 409 && /already exists|duplicate/i.test(`${reason} ${sentence}`);
  return stays ? "provider-rejected" : code;
}

/** True for the codes after which a request may be sent again. */
export function mayPass(code: ContextErrorCode): boolean {
  return code === "provider-busy" || code === "provider-unreachable";
}

function codeByStatus(status: number | undefined, reason: string): ContextErrorCode {
  if (status === undefined)
    return passingWords.test(reason) ? "provider-busy" : "provider-rejected";
  if (status === 401 || status === 403) return "key-rejected";
  if (status === 402) return "quota-exceeded";
  if (gatewayFailures.has(status)) return "provider-unreachable";
  return passing.has(status) || status >= 500 ? "provider-busy" : "provider-rejected";
}

/**
 * Milliseconds that the provider asks to wait: the longer of `retry-after-ms` and `retry-after` (in seconds or as a date), because some servers send
 * both and mean the longer one; never less than 250. Undefined if it asks for nothing.
 */
export function retryAfterOf(headers: Headers, now: number = Date.now()): number | undefined {
  const waits = [
    Number.parseFloat(headers.get("retry-after-ms") ?? ""),
    secondsOrDate(headers.get("retry-after") ?? "", now),
  ].filter((wait) => Number.isFinite(wait) && wait >= 0);
  return waits.length === 0 ? undefined : Math.ceil(Math.max(shortestWait, ...waits));
}

/** What Google adds to an error: which quotas are used up, and the milliseconds to wait. */
// https://cloud.google.com/apis/design/errors#error_details
export function detailsOf(details: unknown): {
  readonly quotas: readonly string[];
  readonly retryDelay: number | undefined;
} {
  const text = JSON.stringify(details) ?? "";
  const quotas = [...text.matchAll(/"quotaId":"([^"]*)"/g)].map(([, quota = ""]) => quota);
  const seconds = /"retryDelay":"([\d.]+)s"/.exec(text)?.[1];
  const retryDelay = Math.max(shortestWait, Math.ceil(Number(seconds) * 1000));
  return { quotas, retryDelay: Number.isFinite(retryDelay) ? retryDelay : undefined };
}

function secondsOrDate(value: string, now: number): number {
  if (/^\d+(\.\d+)?$/.test(value)) return Number(value) * 1000;
  return /[a-z]/i.test(value) ? Math.max(0, Date.parse(value) - now) : Number.NaN;
}
