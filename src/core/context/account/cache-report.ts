import type { RequestFacts } from "../../ports/request-log.ts";
import type { EpochCause, LedgerMessage } from "../ledger/ledger.ts";

/** What the prompt cache did for one request. */
export interface CacheReport {
  /** Part of the input that should come from the cache, 0 to 1: what the request repeats of the one before. */
  readonly expected: number;
  /** Part that came from it, as the provider billed; undefined if it did not tell. */
  readonly measured?: number | undefined;
  /** Why less was cached than the request before had sent, for people; undefined where nothing was lost. */
  readonly drop?: string | undefined;
}

/** A provider that caches in steps, or not the newest tokens, has not lost anything. */
const tolerance = 0.1;

/**
 * What the cache did, and why it did no more. `before` is the log of the request before, with its answer. Nothing is blamed without evidence: where the bytes were repeated and
 * the provider cached less, that is said, and no more.
 */
export function cacheReport(
  request: RequestFacts,
  parent: RequestFacts | undefined,
  before: readonly LedgerMessage[],
): CacheReport {
  const { tokens, expectedCached, usage } = request;
  const expected = tokens === 0 ? 0 : expectedCached / tokens;
  const measured = usage && usage.input > 0 ? usage.cached / usage.input : undefined;
  const drop =
    dropInside(request, parent, before) ??
    (measured !== undefined && measured < expected - tolerance
      ? "the provider cached less than was repeated; it does not say why"
      : undefined);
  return { expected, measured, drop };
}

function dropInside(
  { cause, keeps, model, expectedCached }: RequestFacts,
  parent: RequestFacts | undefined,
  before: readonly LedgerMessage[],
): string | undefined {
  if (!parent) return undefined;
  if (cause && cause !== "first")
    return `${causeSentence(cause)}; the first changed byte is in ${placeOf(before, keeps)}`;
  if (parent.model !== model) return `the model changed from ${parent.model} to ${model}`;
  return expectedCached === 0 ? "the pause was longer than the provider keeps prompts" : undefined;
}

const sentences: Readonly<Record<EpochCause, string>> = {
  first: "the first request of a conversation",
  history: "the conversation was edited, or goes on in another session",
  window: "the window was full",
  pays: "what was carried for nothing had cost as much as leaving it behind",
  cold: "the provider's cache was cold anyway",
  phase: "a new phase began",
  reset: "the contents of files were put aside",
  asked: "it was asked for",
};

/** Why an epoch began, for people. */
export function causeSentence(cause: EpochCause): string {
  return sentences[cause];
}

/** What stood at a place of a log: `message 7, the diff of src/a.ts`. */
function placeOf(log: readonly LedgerMessage[], place: number): string {
  const [block] = log[place]?.blocks ?? [];
  if (!block) return `message ${place + 1}`;
  const [file] = block.files;
  const what = block.kind === "file" || block.kind === "tool-result" ? "text" : block.kind;
  return `message ${place + 1}, the ${what}${file ? ` of ${file.path}` : ""}`;
}
