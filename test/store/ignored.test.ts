import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import * as fc from "fast-check";
import { createIgnored } from "../../src/store/ignored.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const hasGit = spawnSync("git", ["--version"]).status === 0;
const environment = {
  PATH: process.env["PATH"],
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
  HOME: "/nowhere",
};

function write(root: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
}

function repository(files: Readonly<Record<string, string>> = {}): string {
  const root = temporaryFolder();
  write(root, { ".git/HEAD": "ref: refs/heads/main\n", ...files });
  return root;
}

function checkIgnored(
  what: string,
  files: Readonly<Record<string, string>>,
  expected: Readonly<Record<string, boolean>>,
): void {
  test(what, () => {
    const root = repository(files);
    const isIgnored = createIgnored();
    const names = Object.keys(expected);
    assert.deepEqual(
      Object.fromEntries(names.map((name) => [name, isIgnored(join(root, name))])),
      expected,
    );
  });
}

checkIgnored("nothing is ignored without rules", {}, { "a.txt": false, "b/c.txt": false });

checkIgnored(
  "the rules of deeper folders win",
  {
    ".gitignore": "*.log\n",
    "a/.gitignore": "!keep.log\n/only-here\n",
    "a/b/.gitignore": "keep.log",
  },
  {
    "x.log": true,
    "keep.log": true,
    "a/x.log": true,
    "a/keep.log": false,
    "a/b/keep.log": true,
    "a/only-here": true,
    "a/b/only-here": false,
    "only-here": false,
  },
);

checkIgnored(
  "what lies in an ignored folder cannot come back",
  { ".gitignore": "build/\n", "build/.gitignore": "!a.txt\n!b\n", "src/.gitignore": "!build\n" },
  { "build/a.txt": true, "build/b/c.txt": true, "src/build/a.txt": false, "src/build": false },
);

checkIgnored(
  "a folder that a deeper rule takes back is not ignored by the outer one",
  { ".gitignore": "b\n", "a/.gitignore": "!b\n" },
  { "b/c": true, "a/b/c": false, "a/b": false, "x/b/c": true },
);

checkIgnored(
  "the repository's own list counts, after the files",
  { ".git/info/exclude": "secret\nshown\n", ".gitignore": "!shown\n" },
  { secret: true, "a/secret": true, shown: false },
);

checkIgnored(
  "names with marks of their own are no patterns",
  { "a[b]*/.gitignore": "x\n", "w #?/.gitignore": "\\#y\n\\!z\ns \\ \n" },
  {
    "a[b]*/x": true,
    "ab/x": false,
    "a[b]c/x": false,
    "w #?/#y": true,
    "w #?/!z": true,
    "w #?/y": false,
  },
);

test("outside a repository nothing is ignored", () => {
  const root = temporaryFolder();
  write(root, { ".gitignore": "*" });
  assert.equal(createIgnored()(join(root, "a.txt")), false);
});

test("a repository in a repository has its own rules", () => {
  const root = repository({ ".gitignore": "*.log", "inner/.git/HEAD": "" });
  const isIgnored = createIgnored();
  assert.deepEqual(
    [isIgnored(join(root, "a.log")), isIgnored(join(root, "inner/a.log"))],
    [true, false],
  );
});

test("a worktree shares the list of its repository", () => {
  const root = temporaryFolder();
  write(root, {
    "main/.git/info/exclude": "secret",
    "main/.git/worktrees/w/commondir": "../..\n",
    "work/.git": `gitdir: ${join(root, "main/.git/worktrees/w")}\n`,
  });
  assert.equal(createIgnored()(join(root, "work/a/secret")), true);
});

test("changed rules are seen", () => {
  const root = repository({ "a/b/x.txt": "" });
  const isIgnored = createIgnored(0);
  const file = join(root, "a/b/x.txt");
  const steps: [() => void, boolean][] = [
    [() => write(root, { ".gitignore": "x.txt" }), true],
    [() => write(root, { "a/.gitignore": "!x.txt" }), false],
    [() => write(root, { ".git/info/exclude": "x.txt" }), false],
    [() => rmSync(join(root, "a/.gitignore")), true],
    [() => rmSync(join(root, ".gitignore")), true],
    [() => renameSync(join(root, ".git"), join(root, "git")), false],
  ];
  assert.equal(isIgnored(file), false);
  for (const [step, expected] of steps) {
    step();
    assert.equal(isIgnored(file), expected, String(step));
  }
});

// No names beyond ASCII: for git a `?` is one byte, for us one character.
const segment = fc.constantFrom("a", "b", "ab", "A", "x.log", "y.txt", "a b", "#c", "!d", "[e]");
const path = fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/"));
const patternPart = fc.oneof(
  segment,
  fc.constantFrom(
    "*",
    "**",
    "?",
    "*.log",
    "a*",
    "[ab]",
    "[!a]",
    "\\#c",
    "\\!d",
    "\\[e\\]",
    "a\\ ",
    "**b",
  ),
);
const pattern = fc
  .tuple(
    fc.constantFrom("", "", "", "!"),
    fc.constantFrom("", "", "/"),
    fc.array(patternPart, { minLength: 1, maxLength: 3 }),
    fc.constantFrom("", "", "", "/", " ", "  ", "/ ", "\\ ", "\t"),
  )
  .map(([negation, start, parts, end]) => `${negation}${start}${parts.join("/")}${end}`);
const rules = fc
  .tuple(
    fc.array(fc.oneof(pattern, pattern, pattern, fc.constantFrom("", "# a", "/", "!", " ", "//")), {
      maxLength: 5,
    }),
    fc.constantFrom("\n", "\r\n"),
    fc.constantFrom("", "", "\uFEFF"),
  )
  .map(([lines, end, mark]) => mark + lines.join(end));
const layout = fc.record({
  files: fc.uniqueArray(path, { minLength: 1, maxLength: 10 }),
  ignores: fc.dictionary(fc.constantFrom("", "a/", "a/b/", "ab/", "[e]/", "a b/"), rules, {
    maxKeys: 4,
  }),
  exclude: rules,
});

test("the answers are those of git", { skip: !hasGit, timeout: 60_000 }, () => {
  const root = temporaryFolder();
  // Many layouts in one repository, so that git is started once; each prints itself when it fails.
  plantGit(root, "");
  const layouts = fc.sample(layout, 150);
  const planted = layouts.map((sample, index) => plantLayout(root, `${index}/`, sample));
  const byGit = ignoredByGit(root, planted.flat());
  const isIgnored = createIgnored();
  layouts.forEach((sample, index) => {
    const names = planted[index] ?? [];
    assert.deepEqual(
      names.filter((name) => isIgnored(join(root, name))),
      names.filter((name) => byGit.has(name)),
      JSON.stringify(sample),
    );
  });
});

test(
  "the answers are those of git with a list in the repository",
  { skip: !hasGit, timeout: 60_000 },
  () => {
    for (const sample of fc.sample(layout, 20)) {
      const root = temporaryFolder();
      plantGit(root, sample.exclude);
      const names = plantLayout(root, "", sample);
      const byGit = ignoredByGit(root, names);
      const isIgnored = createIgnored();
      assert.deepEqual(
        names.filter((name) => isIgnored(join(root, name))),
        names.filter((name) => byGit.has(name)),
        JSON.stringify(sample),
      );
    }
  },
);

/** As much of a repository as git needs. */
function plantGit(root: string, exclude: string): void {
  const config = "[core]\nrepositoryformatversion = 0\nbare = false\n";
  write(root, {
    ".git/HEAD": "ref: refs/heads/main\n",
    ".git/config": config,
    ".git/info/exclude": exclude,
    ".git/objects/info/none": "",
    ".git/refs/heads/none": "",
  });
  rmSync(join(root, ".git/refs/heads/none"));
}

interface Layout {
  readonly files: readonly string[];
  readonly ignores: Readonly<Record<string, string>>;
}

/** Creates what can exist beside each other, and returns the names of the files. */
function plantLayout(root: string, at: string, { files, ignores }: Layout): readonly string[] {
  const names = files.map((name) => at + name).filter((name) => isWritten(root, name, ""));
  for (const [where, text] of Object.entries(ignores))
    isWritten(root, `${at}${where}.gitignore`, text);
  return names;
}

function isWritten(root: string, name: string, text: string): boolean {
  try {
    write(root, { [name]: text });
    return true;
  } catch {
    return false;
  }
}

function ignoredByGit(root: string, names: readonly string[]): ReadonlySet<string> {
  const options = {
    cwd: root,
    env: environment,
    input: names.join("\0"),
    encoding: "utf8",
  } as const;
  const { stdout, stderr } = spawnSync("git", ["check-ignore", "--stdin", "-z"], options);
  assert.equal(stderr, "");
  return new Set(stdout.split("\0"));
}
