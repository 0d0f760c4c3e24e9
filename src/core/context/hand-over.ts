import type { ContentId } from "../files/content.ts";
import { phaseName } from "../session/phases.ts";
import type { Finding, Phase } from "../session/phase.ts";
import { draft, type Draft } from "./draft.ts";
import { closeMarker, escapeName, openMarker } from "./text/fence.ts";
import { renderFinding } from "./text/render.ts";
import { makeVisible } from "./text/visible.ts";

/**
 * What leads into the present phase: from phase 2 on a block that hands over from the phases before, then every finding in a block of its own, by phase, oldest
 * first. Nothing in phase 1 without findings. The bytes depend on the arguments alone, and those of a finding's block on that finding alone, so that one
 * saved later is appended without moving what stands. `present` holds the contents that the session's files have now: an earlier
 * finding that knows another one is marked in the hand-over; without `present` none is.
 */
export function handOverDrafts(
  fence: string,
  phases: readonly Phase[],
  findings: readonly Finding[],
  present?: ReadonlySet<ContentId>,
): readonly Draft[] {
  const now = phases.at(-1);
  const byPhase = findings.toSorted((one, other) => one.phase - other.phase);
  const blocks = byPhase.map(({ title, text }) =>
    draft("finding", renderFinding(fence, title, makeVisible(text).text)),
  );
  if (!now || now.number < 2) return blocks;
  const before = byPhase.filter(({ phase }) => phase < now.number);
  const lines = [
    `This is ${named(fence, now)}. Before it came ${listOf(earlierThan(fence, now.number, phases))}.`,
    ...(before.length === 0 ? withoutFindings : withFindings(fence, before, present)),
  ];
  const opening = openMarker("hand-over", fence, { phase: String(now.number) });
  return [
    draft("hand-over", `${opening}${lines.join("\n")}${closeMarker("hand-over", fence)}`),
    ...blocks,
  ];
}

const withoutFindings = [
  "No findings were saved in those phases. Start from the digests of the files and from what was said before.",
  "Read a file only for what they do not tell.",
];

function withFindings(
  fence: string,
  before: readonly Finding[],
  present: ReadonlySet<ContentId> | undefined,
): readonly string[] {
  const numbers = [...new Set(before.map(({ phase }) => String(phase)))];
  return [
    `PRIORITY: use the findings of ${numbers.length === 1 ? "phase" : "phases"} ${listOf(numbers)}, which stand below. You already worked out:`,
    ...before.map((finding) => {
      const { phase, title, contentIds } = finding;
      const isOld = present !== undefined && contentIds.some((id) => !present.has(id));
      return `- phase ${phase}: ${escapeName(fence, title)}${isOld ? " (its files have changed or left since: verify it)" : ""}`;
    }),
    "Use these results instead of analysing the files again. DO NOT re-analyse the files.",
    "Files are ONLY for verification, if needed.",
  ];
}

/** The phases before one; the first may never have been stored. */
function earlierThan(fence: string, number: number, phases: readonly Phase[]): readonly string[] {
  const earlier = phases.filter((phase) => phase.number < number);
  const first = { number: 1, name: phaseName(1) };
  return (earlier.length === 0 ? [first] : earlier).map((phase) => named(fence, phase));
}

/** `phase 2 ("Charts")`, or `phase 2` for one that nobody has named. */
function named(fence: string, { number, name }: Pick<Phase, "number" | "name">): string {
  return name === phaseName(number)
    ? `phase ${number}`
    : `phase ${number} ("${escapeName(fence, name)}")`;
}

/** `1`, `1 and 2`, `1, 2 and 3`. */
function listOf(words: readonly string[]): string {
  const last = words.at(-1) ?? "";
  return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} and ${last}`;
}
