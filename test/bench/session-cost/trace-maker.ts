import { formatPatch, OMIT_HEADERS, structuredPatch } from "diff";
import type { Trace, TraceTurn } from "../../../src/headless/trace.ts";
import { type Dice, diceOf } from "./dice.ts";
import { sampleFile, sampleLines, sampleName, sampleProse } from "./sample-code.ts";

/** How large a synthetic session is. */
export interface SessionSize {
  readonly turns: number;
  readonly window: number;
  /** Files that the user could mention. */
  readonly files: number;
  /** Lines of the shortest file; see `sampleFile`. */
  readonly shortest: number;
}

export const usualSize: SessionSize = { turns: 60, window: 128_000, files: 90, shortest: 60 };

/**
 * A session that never was, the same for each seed. Its user works on one task after the other. Each task has a working set of four to nine files, most of them
 * of one folder; a question mentions one to four of them, and now and then a file from elsewhere. After most answers the files that were mentioned are edited at a few
 * places, now and then one that was not, and rarely is a file added, deleted or written anew. Three answers in ten hold the edits as a diff.
 */
export function syntheticTrace(seed: number, size: SessionSize = usualSize): Trace {
  const dice = diceOf(seed);
  const base = Object.fromEntries(
    ["README.md", "package.json", "GUIDELINES.md"].map((path) => [
      path,
      sampleFile(dice, size.shortest),
    ]),
  );
  const project: Project = { dice, size, files: startFiles(dice, size), earlier: [] };
  const turns: TraceTurn[] = [];
  while (turns.length < size.turns) {
    const task = startTask(project);
    const length = 3 + dice.below(8);
    for (let turn = 0; turn < length && turns.length < size.turns; turn++)
      turns.push(takeTurn(project, task, turns.length));
  }
  return { name: `synthetic-${seed}`, window: size.window, base, turns };
}

interface Project {
  readonly dice: Dice;
  readonly size: SessionSize;
  /** Path → text, as it is on disk. */
  readonly files: Map<string, string>;
  /** Files of earlier tasks. */
  readonly earlier: string[];
}

function startFiles(dice: Dice, { files, shortest }: SessionSize): Map<string, string> {
  const folders = Array.from({ length: 9 }, () => `src/${sampleName(dice)}`);
  const paths = Array.from(
    { length: files },
    (_, index) => `${dice.pick(folders)}/${sampleName(dice)}-${index}.ts`,
  );
  return new Map(paths.map((path) => [path, sampleFile(dice, shortest)]));
}

/** Chooses a working set. Some of it comes from the same folder, some from earlier tasks. */
function startTask({ dice, files, earlier }: Project): string[] {
  const all = [...files.keys()];
  const first = dice.pick(all);
  const folder = all.filter((path) => path.startsWith(first.slice(0, first.lastIndexOf("/"))));
  const task = new Set([first]);
  const wanted = Math.min(4 + dice.below(6), all.length);
  while (task.size < wanted) {
    if (earlier.length > 0 && dice.chance(0.2)) task.add(dice.pick(earlier));
    else task.add(dice.pick(dice.chance(0.7) ? folder : all));
  }
  earlier.push(...task);
  return [...task];
}

function takeTurn(project: Project, task: string[], index: number): TraceTurn {
  const { dice, files } = project;
  const mentioned = mentionedOf(project, task);
  const open = Object.fromEntries(mentioned.map((path) => [path, files.get(path) ?? null]));
  const after = changesOf(project, task, mentioned);
  const named = dice.chance(0.5) ? ` (${mentioned[0] ?? ""})` : "";
  const ask = `Question ${index}${named}: ${sampleProse(dice, 8 + dice.below(60))}`;
  const answer = [`Answer ${index}.`, ...answerParts(project, after)].join("\n\n");
  for (const [path, text] of Object.entries(after)) {
    if (text === null) forget(project, task, path);
    else files.set(path, text);
  }
  return { ask, open, answer, after };
}

function mentionedOf({ dice, files }: Project, task: readonly string[]): readonly string[] {
  const mentioned = new Set<string>();
  const wanted = 1 + Math.min(dice.below(4), dice.below(4));
  for (let mention = 0; mention < wanted; mention++) {
    const isElsewhere = task.length === 0 || dice.chance(0.08);
    // Some files of a working set are mentioned more often than others.
    const place = Math.min(dice.below(task.length), dice.below(task.length));
    mentioned.add(isElsewhere ? dice.pick([...files.keys()]) : (task[place] ?? dice.pick(task)));
  }
  return [...mentioned];
}

function changesOf(
  project: Project,
  task: string[],
  mentioned: readonly string[],
): Record<string, string | null> {
  const { dice, files, size } = project;
  const changes: Record<string, string | null> = {};
  const edited = mentioned.filter(() => dice.chance(0.7));
  if (task.length > 0 && dice.chance(0.1)) edited.push(dice.pick(task));
  for (const path of edited) {
    const text = files.get(path) ?? "";
    changes[path] = dice.chance(0.03) ? sampleFile(dice, size.shortest) : editedText(dice, text);
  }
  if (dice.chance(0.05)) {
    const path = `src/added/${sampleName(dice)}-${files.size}-${task.length}.ts`;
    changes[path] = sampleFile(dice, size.shortest);
    task.push(path);
  }
  const [first] = mentioned;
  if (first !== undefined && dice.chance(0.02)) changes[first] = null;
  return changes;
}

/** The text with one to four places changed. */
function editedText(dice: Dice, text: string): string {
  const lines = text.split("\n");
  for (let edits = 1 + dice.below(4); edits > 0; edits--) {
    const place = dice.below(lines.length);
    lines.splice(place, dice.below(6), ...sampleLines(dice, 1 + dice.below(7)));
  }
  return `${lines.join("\n").trimEnd()}\n`;
}

function answerParts({ dice, files }: Project, after: TraceTurn["after"]): readonly string[] {
  const prose = Array.from({ length: 1 + dice.below(6) }, () =>
    sampleProse(dice, 20 + dice.below(80)),
  );
  if (dice.chance(0.3)) {
    const diffs = Object.entries(after).flatMap(([path, text]) => {
      const before = files.get(path);
      return before === undefined || text === null
        ? []
        : [fenced("diff", diffText(path, before, text))];
    });
    return [...prose, ...diffs];
  }
  return [...prose, fenced("ts", sampleLines(dice, dice.below(40)).join("\n"))];
}

function fenced(language: string, text: string): string {
  return `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;
}

/** What has changed in a file, as an assistant writes it. */
export function diffText(path: string, before: string, after: string): string {
  const patch = structuredPatch("", "", before, after, "", "", { context: 3 });
  return `--- a/${path}\n+++ b/${path}\n${formatPatch(patch, OMIT_HEADERS)}`;
}

function forget({ files, earlier }: Project, task: string[], path: string): void {
  files.delete(path);
  for (const list of [earlier, task]) {
    for (let at = list.indexOf(path); at >= 0; at = list.indexOf(path)) list.splice(at, 1);
  }
}
