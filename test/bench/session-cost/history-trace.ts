import { execFileSync } from "node:child_process";
import { basename, resolve } from "node:path";
import type { Trace, TraceTurn } from "../../../src/headless/trace.ts";
import { diffText, usualSize } from "./trace-maker.ts";

interface Commit {
  readonly hash: string;
  readonly message: string;
  readonly changes: readonly Change[];
}

/** A file of a commit, by the ids of its contents. */
interface Change {
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

/** A commit with more files is no answer to a question. */
const mostChanges = 25;
/** Files of one commit that become part of its turn. */
const mostFiles = 8;
const mostCharacters = 80_000;
const longestAnswer = 6000;
const baseFiles = ["README.md", "package.json", "CONTRIBUTING.md", "tsconfig.json"];
const isWritten = /\.(?:ts|tsx|js|mjs|json|md|py|rs|go|rb|toml|ya?ml|css)$/u;
const isGenerated = /(?:^|[-./])(?:package-lock|lock|snap|CHANGELOG)\b/iu;

/**
 * A session made from the history of a repository: each commit is a turn. Its message is the question, about the files that it changes; the answer is its
 * diff; then the files are as it left them. Large commits are passed over, and what no person writes.
 */
export function historyTrace(folder: string, most = usualSize.turns): Trace {
  const commits = commitsOf(folder).slice(-most);
  const before = (path: string): string => `${commits[0]?.hash}^:${path}`;
  const ids = commits.flatMap(({ changes }) =>
    changes.flatMap((change) => [change.before, change.after]),
  );
  const texts = textsOf(folder, [...new Set([...ids, ...baseFiles.map(before)])]);
  const base = baseFiles.flatMap((path) => {
    const text = texts.get(before(path));
    return text === undefined ? [] : [[path, text] as const];
  });
  const turns = commits.flatMap((commit) => turnOf(commit, texts));
  return {
    name: basename(resolve(folder)),
    window: usualSize.window,
    base: Object.fromEntries(base),
    turns,
  };
}

function commitsOf(folder: string): readonly Commit[] {
  const args = ["log", "--reverse", "--no-merges", "--no-renames", "--raw", "--no-abbrev"];
  const log = git(folder, [...args, "--format=%x00%H%x01%B%x01"]).toString("utf8");
  return log.split("\0").flatMap((entry) => {
    const [hash = "", message = "", raw = ""] = entry.split("\u0001");
    const rows = raw.split("\n").filter((row) => row.startsWith(":"));
    const changes = rows.flatMap(changeOf).slice(0, mostFiles);
    const isTurn = changes.length > 0 && rows.length <= mostChanges;
    return isTurn ? [{ hash, message: message.trim(), changes }] : [];
  });
}

/** Reads `:100644 100644 <id before> <id after> M<tab>path`. */
function changeOf(row: string): Change[] {
  const [facts = "", path = ""] = row.split("\t");
  const [, , before = "", after = ""] = facts.split(" ");
  return isWritten.test(path) && !isGenerated.test(path) ? [{ path, before, after }] : [];
}

/** The texts of contents, by their names for git. Those that are not there, and long and binary ones, are missing. */
function textsOf(folder: string, names: readonly string[]): ReadonlyMap<string, string> {
  const output = git(folder, ["cat-file", "--batch"], `${names.join("\n")}\n`);
  const texts = new Map<string, string>();
  let at = 0;
  for (const name of names) {
    const end = output.indexOf("\n", at);
    const size = / blob (\d+)$/u.exec(output.toString("utf8", at, end))?.[1];
    at = end + 1;
    if (size === undefined) continue;
    const text = output.toString("utf8", at, at + Number(size));
    at += Number(size) + 1;
    if (text.length <= mostCharacters && !text.includes("\0")) texts.set(name, text);
  }
  return texts;
}

function turnOf({ message, changes }: Commit, texts: ReadonlyMap<string, string>): TraceTurn[] {
  const known = changes.filter(({ before, after }) =>
    [before, after].every((id) => isNothing(id) || (texts.get(id) ?? "") !== ""),
  );
  if (known.length === 0) return [];
  const sides = (side: "before" | "after"): [string, string | null][] =>
    known.map((change) => [change.path, texts.get(change[side]) ?? null]);
  const diffs = known.map(({ path, before, after }) =>
    diffText(path, texts.get(before) ?? "", texts.get(after) ?? ""),
  );
  return [
    {
      ask: message,
      open: Object.fromEntries(sides("before").filter(([, text]) => text !== null)),
      answer: diffs.join("").slice(0, longestAnswer),
      after: Object.fromEntries(sides("after")),
    },
  ];
}

/** The id that git gives for a file that is not there. */
function isNothing(id: string): boolean {
  return /^0+$/u.test(id);
}

function git(folder: string, args: readonly string[], input = ""): Buffer {
  return execFileSync("git", ["-c", "core.quotePath=false", ...args], {
    cwd: folder,
    input,
    maxBuffer: 2 ** 30,
    stdio: ["pipe", "pipe", "ignore"],
  });
}
