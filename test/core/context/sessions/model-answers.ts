/** What a model answers: prose, and changes of files as unified diffs, which the user then applies, or nearly so, or not. */
import { formatPatch, OMIT_HEADERS, structuredPatch } from "diff";
import { makeVisible } from "../../../../src/core/context/text/visible.ts";
import { edited } from "./random-texts.ts";
import type { Ask, Proposal } from "./random-session.ts";
import { Random } from "./random.ts";
import type { World } from "./world.ts";

export interface ModelAnswer {
  readonly text: string;
  /** What happens to the files once it is read. */
  readonly afterwards: readonly (() => void)[];
}

export function answerTo(world: World, { seed, answerWords, proposals }: Ask): ModelAnswer {
  const random = new Random(seed);
  const prose = Array.from({ length: answerWords }, () => random.pick(["yes", "so,", "é", "sum"]));
  const proposed = proposals.flatMap((proposal) => proposedBy(world, proposal) ?? []);
  const text = ["Well:", prose.join(" "), ...proposed.map((one) => one.text)].join("\n");
  return { text, afterwards: proposed.map(({ afterwards }) => afterwards) };
}

interface Proposed {
  readonly text: string;
  readonly afterwards: () => void;
}

function proposedBy(world: World, proposal: Proposal): Proposed | undefined {
  const { edit, seed, context, how } = proposal;
  const file = world.file(proposal.which);
  const before = file && world.memory.disk.get(file.uri);
  if (!file || before === undefined || before === "") return undefined;
  const after = edited(before, edit, seed, world.fence);
  const between = how === "twice" ? [edited(before, "line", seed, world.fence)] : [];
  const steps = [before, ...between, after];
  const path = world.pathOf(file);
  const diffs = steps.slice(1).map((text, index) => {
    const hunks = hunksOf(steps[index] ?? "", text, context);
    const told = how === "sloppy" ? hunks.replaceAll(/^\\.*\n/gmu, "") : hunks;
    return `--- a/${path}\n+++ b/${path}\n${told}`;
  });
  const text = diffs.join("");
  return {
    text: how === "unfenced" ? text.trimEnd() : `\`\`\`diff\n${text}\`\`\`\n`,
    afterwards: () => applied(world, file.uri, proposal, after),
  };
}

function applied(world: World, uri: string, { outcome, seed }: Proposal, after: string): void {
  if (outcome === "exactly") world.write(uri, after);
  if (outcome === "almost") world.write(uri, edited(after, "line", seed + 1, world.fence));
}

function hunksOf(before: string, after: string, context: number): string {
  const [old, now] = [makeVisible(before).text, makeVisible(after).text];
  return formatPatch(structuredPatch("", "", old, now, "", "", { context }), OMIT_HEADERS);
}
