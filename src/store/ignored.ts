import { readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import ignore, { type Ignore } from "ignore";

/** True if the repository around a file ignores it. Git itself is not run. */
export type IsIgnored = (path: string) => boolean;

/** The rules that hold in one folder of a repository. */
interface Rules {
  readonly root: string;
  readonly ignore: Ignore;
  readonly ignoreCase: boolean;
}

interface Known {
  readonly rules: Rules | undefined;
  /** What the rules were made from: they hold as long as these are the same. */
  readonly parent: Rules | undefined;
  readonly stamp: string;
  readonly checkedAt: number;
}

/**
 * Asks the `.gitignore` files from the repository's root down to the file, and `.git/info/exclude`. Whether they changed is looked up
 * at most every `trustMs`. A file that is tracked although a rule matches it counts as ignored.
 */
export function createIgnored(trustMs = 250): IsIgnored {
  const folders = new Map<string, Known>();

  function rulesOf(folder: string): Rules | undefined {
    const known = folders.get(folder);
    const now = performance.now();
    if (known && now - known.checkedAt < trustMs) return known.rules;
    const isRoot = stampOf(join(folder, ".git")) !== "";
    const parent = isRoot || isTop(folder) ? undefined : rulesOf(dirname(folder));
    const stamp = stampsOf(folder, isRoot, parent);
    const isStill = known?.parent === parent && known?.stamp === stamp;
    const rules = isStill ? known.rules : rulesFor(folder, parent, stamp);
    folders.set(folder, { rules, parent, stamp, checkedAt: now });
    return rules;
  }

  return (path) => {
    const rules = rulesOf(dirname(path));
    return rules !== undefined && rules.ignore.ignores(slashed(relative(rules.root, path)));
  };
}

function isTop(folder: string): boolean {
  return dirname(folder) === folder;
}

function stampsOf(folder: string, isRoot: boolean, parent: Rules | undefined): string {
  if (!isRoot && !parent) return outside;
  const own = stampOf(join(folder, ".gitignore"));
  return isRoot ? `${own} ${stampOf(excludeFile(folder))} ${stampOf(configFile(folder))}` : own;
}

/** Differs when the file was changed; empty if there is none. */
function stampOf(path: string): string {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    return stats ? `${stats.mtimeMs}:${stats.size}:${stats.ino}` : "";
  } catch {
    return "";
  }
}

/** The stamp of a folder that belongs to no repository. */
const outside = "outside";

function rulesFor(folder: string, parent: Rules | undefined, stamp: string): Rules | undefined {
  if (stamp === outside) return undefined;
  const patterns = textOf(join(folder, ".gitignore"));
  if (parent) {
    if (patterns === "") return parent;
    const prefix = `/${slashed(relative(parent.root, folder)).replace(/[\\*?[]/gu, "\\$&")}`;
    const below = patternsOf(patterns).map((pattern) => placed(pattern, prefix));
    return { ...parent, ignore: ignored(parent.ignoreCase).add(parent.ignore).add(below) };
  }
  const ignoreCase = /^\s*ignorecase\s*=\s*true\s*$/imu.test(textOf(configFile(folder)));
  const excluded = patternsOf(textOf(excludeFile(folder)));
  const rules = ignored(ignoreCase).add(excluded).add(patternsOf(patterns));
  return { root: folder, ignore: rules, ignoreCase };
}

function ignored(ignoreCase: boolean): Ignore {
  return ignore({ ignoreCase });
}

/** The lines of a `.gitignore` that hold a pattern, without line ends and trailing spaces. */
function patternsOf(text: string): readonly string[] {
  return (
    text
      .replace(/^\uFEFF/u, "")
      .split(/\r?\n/u)
      .filter((line) => !line.startsWith("#"))
      .map((line) => /^(?:\\.|[^ \\]| +(?=[^ ]))*\\?/u.exec(line)?.[0] ?? "")
      // A negation of nothing and a bare slash match nothing; behind a folder's name they would match the folder.
      .filter((line) => !/^!?\/*$/u.test(line))
  );
}

/** The pattern of a folder's own `.gitignore` as one of the repository's root. */
function placed(pattern: string, prefix: string): string {
  const isNegative = pattern.startsWith("!");
  const body = isNegative ? pattern.slice(1) : pattern;
  // A pattern with a slash before its end is bound to its folder; https://git-scm.com/docs/gitignore#_pattern_format
  const isBound = /\/./u.test(body);
  const path = isBound ? body.replace(/^\//u, "") : `**/${body}`;
  return `${isNegative ? "!" : ""}${prefix}/${path}`;
}

function excludeFile(root: string): string {
  return join(commonFolder(root), "info", "exclude");
}

function configFile(root: string): string {
  return join(commonFolder(root), "config");
}

/** The folder where a repository keeps what its worktrees share. In a worktree or submodule `.git` is a file that leads there. */
function commonFolder(root: string): string {
  const git = join(root, ".git");
  const link = /^gitdir: (.+?)\s*$/u.exec(textOf(git))?.[1];
  if (link === undefined) return git;
  const own = resolve(root, link);
  const common = textOf(join(own, "commondir")).trim();
  return common === "" ? own : resolve(own, common);
}

/** The text of a file; empty if it cannot be read. */
function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function slashed(path: string): string {
  return sep === "/" ? path : path.replaceAll(sep, "/");
}
