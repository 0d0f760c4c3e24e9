import type { ContentId } from "../../files/content.ts";
import type { Finding, SavedFile } from "../../session/phase.ts";
import type { Phases } from "../../ports/phases.ts";
import type { FileView } from "../../session/session.ts";
import type { PreparedRequest } from "../prepare.ts";
import type { KeptFile } from "./account.ts";

/** A request, as far as it says what earlier phases have saved it. */
export interface PhaseRequest {
  /** Number of the phase that it is made in. */
  readonly phase: number;
  /** The files of the session: those that analysing again would read. */
  readonly files: readonly FileView[];
  /** What stands in the request of the files: `kept` of its account. */
  readonly kept: readonly Pick<KeptFile, "view" | "kind" | "tokens">[];
  /** The findings that stand in the request. */
  readonly findings: readonly Finding[];
  /** Tokens of the findings and the hand-over in the request: tier `findings` of its account. */
  readonly findingTokens: number;
  /** Files that the session has saved for later phases. */
  readonly saved: readonly SavedFile[];
}

/** What a request of a later phase saves against analysing the files again. */
export interface Savings {
  readonly tokens: number;
  readonly calls: number;
}

/**
 * Estimates what a request of a later phase saves against analysing the files again. It would rather say too little than too much.
 *
 * Tokens: those of the files that need not be read again, less what stands in the request instead of them. A file need not be read again if it does not stand there
 * whole (as text, or as itself) and was not put aside by the user, and if a finding of an earlier phase was found in its present content, or its digest stands in the
 * request and an earlier phase had saved this content. A content counts once, however many files hold it; one that has no counted text counts nothing. Subtracted are
 * what the request shows of these files, all its findings, those of the present phase too, and its hand-over. Never less than 0.
 *
 * Calls: one for each finding of an earlier phase, which stands for the call that found it, and one for each file whose digest was reused as above, which stands for a
 * call that would have read the file. Files that a finding spares, and that have no digest in the request, add no call of their own.
 *
 * In phase 1 nothing is saved. Prices are not looked at: tokens that a provider had cached would have cost less.
 */
export function savingsOf(request: PhaseRequest): Savings {
  const reused = request.findings.filter(({ phase }) => phase < request.phase);
  const found = new Set(reused.flatMap(({ contentIds }) => contentIds));
  const { whole, shown, reusedDigests } = standing(request);
  const spared = new Map<ContentId, number>();
  let calls = reused.length;
  for (const { file, content } of request.files) {
    const { contentId, tokens = 0 } = content;
    if (file.evicted || whole.has(contentId)) continue;
    const hasDigest = reusedDigests.has(file.id);
    if (hasDigest) calls++;
    if (hasDigest || found.has(contentId)) spared.set(contentId, tokens);
  }
  const instead = [...spared.keys()].map((contentId) => shown.get(contentId) ?? 0);
  const tokens = sum([...spared.values()]) - sum(instead) - request.findingTokens;
  return { tokens: Math.max(0, tokens), calls };
}

/** The savings of a prepared request; undefined in a session whose first phase has not ended. */
export async function savingsNow(
  { phases }: { readonly phases: Phases },
  { request: { sessionId }, views, kept, tokens }: PreparedRequest,
): Promise<Savings | undefined> {
  const phase = (await phases.phases(sessionId)).at(-1)?.number ?? 1;
  if (phase < 2) return undefined;
  const [findings, snapshot] = await Promise.all([
    phases.findings(sessionId),
    phases.snapshot(sessionId),
  ]);
  const { savedFiles: saved = [] } = snapshot ?? {};
  const findingTokens = tokens.tiers.findings ?? 0;
  return savingsOf({ phase, files: views, kept, findings, findingTokens, saved });
}

/** `Saved 41,200 tokens and 3 calls against analysing the files again`; undefined if nothing was saved. */
export function savingsSentence({ tokens, calls }: Savings): string | undefined {
  const parts = [...amount(tokens, "token"), ...amount(calls, "call")];
  if (parts.length === 0) return undefined;
  return `Saved ${parts.join(" and ")} against analysing the files again`;
}

interface Standing {
  /** Contents that stand whole. */
  readonly whole: ReadonlySet<ContentId>;
  /** Tokens of what the request shows of a content. */
  readonly shown: ReadonlyMap<ContentId, number>;
  /** Ids of session files whose digest stands and was saved by an earlier phase. */
  readonly reusedDigests: ReadonlySet<string>;
}

function standing({ phase, kept, saved }: PhaseRequest): Standing {
  const before = new Set(
    saved.filter((file) => file.phase < phase).map(({ contentId }) => contentId),
  );
  const whole = new Set<ContentId>();
  const shown = new Map<ContentId, number>();
  const reusedDigests = new Set<string>();
  for (const { view, kind, tokens } of kept) {
    const { contentId } = view.content;
    shown.set(contentId, (shown.get(contentId) ?? 0) + tokens);
    if (kind === "full" || kind === "reference") whole.add(contentId);
    if (kind === "digest" && before.has(contentId)) reusedDigests.add(view.file.id);
  }
  return { whole, shown, reusedDigests };
}

function amount(count: number, noun: string): readonly string[] {
  if (count === 0) return [];
  return [`${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
