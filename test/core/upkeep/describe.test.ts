import assert from "node:assert/strict";
import { test } from "node:test";
import type {
  RebuildReport,
  StoreFault,
  StoreFaultKind,
  StoreReport,
} from "../../../src/core/ports/upkeep.ts";
import {
  describeMend,
  describeRebuild,
  describeStore,
  isSound,
} from "../../../src/core/upkeep/describe.ts";

const sound: StoreReport = {
  folder: "/home/ada/store",
  faults: [],
  sessions: 2,
  copies: { stored: 1200, read: 100, bytesRead: 3_200_000 },
  quarantine: { databases: 0, files: 0, bytes: 0 },
};

const damagedBlob: StoreFault = {
  kind: "copy-damaged",
  path: "blobs/ab/cd",
  names: ["sales.csv", "old sales.csv"],
};

test("a sound store is described in three sentences", () => {
  assert.equal(
    describeStore(sound),
    `# The store

\`/home/ada/store\`

Checked: 2 sessions; 1,200 stored copies, 100 of them read from end to end (3.2 MB). Nothing was changed.

**Nothing is wrong.**
`,
  );
  assert.ok(isSound(sound));
});

test("faults are told with their files, how often they occur, and what can be done", () => {
  const faults: readonly StoreFault[] = [
    damagedBlob,
    { kind: "copy-damaged", path: "blobs/ef/01", names: [], detail: "cannot be read" },
    { kind: "permissions-wide", path: "sessions", names: [], detail: "755" },
  ];
  const quarantine = { databases: 1, files: 2, bytes: 4000 };
  assert.equal(
    describeStore({ ...sound, faults, quarantine }),
    `# The store

\`/home/ada/store\`

Checked: 2 sessions; 1,200 stored copies, 100 of them read from end to end (3.2 MB). Nothing was changed.

| What is wrong | How often | What can be done |
| --- | --- | --- |
| Stored copies are damaged | 2 | Mending moves them to the quarantine. Add the files again to store new copies. |
| Other users may look into the store | 1 | Mending narrows the permissions. |

## Stored copies are damaged

- \`sales.csv\`, \`old sales.csv\` in \`blobs/ab/cd\`
- \`blobs/ef/01\`: \`cannot be read\`

## Other users may look into the store

- \`sessions\`: \`755\`

The folder \`quarantine\` holds 1 replaced database and 2 damaged files, 4.0 kB together. Satchel never deletes them: delete them when you miss nothing.
`,
  );
  assert.ok(!isSound({ ...sound, faults }));
});

test("a database that cannot be asked is no sound store, and says why", () => {
  const unavailable = "Satchel's store is locked by another program";
  const text = describeStore({ ...sound, unavailable });
  assert.match(text, /\*\*The database could not be asked\*\*.*`Satchel's store is locked/u);
  assert.doesNotMatch(text, /Nothing is wrong|2 sessions/u);
  assert.ok(!isSound({ ...sound, unavailable }));
});

const kinds: Record<StoreFaultKind, true> = {
  "database-damaged": true,
  "database-missing": true,
  "reference-missing": true,
  "copy-damaged": true,
  "copy-missing": true,
  "copy-unknown": true,
  "copy-uncounted": true,
  "file-strange": true,
  "file-leftover": true,
  "upload-stuck": true,
  "context-damaged": true,
  "context-behind": true,
  "context-unknown": true,
  "permissions-wide": true,
};

for (const kind of Object.keys(kinds) as StoreFaultKind[]) {
  test(`the fault ${kind} has a heading and a way out`, () => {
    const text = describeStore({ ...sound, faults: [{ kind, path: "p", names: ["n"] }] });
    assert.match(text, /^\| [A-Z][^|]+ \| 1 \| [^|]{10,}\. \|$/mu);
    assert.match(text, /^## .+\n\n- `n` in `p`$/mu);
  });
}

test("names cannot break out of their line or table", () => {
  const name = "a`b|c\n# d <img> **e**";
  const faults = [{ ...damagedBlob, names: [name] }];
  const lines = describeStore({ ...sound, faults }).split("\n");
  assert.ok(lines.includes("- `` a`b|c # d <img> **e** `` in `blobs/ab/cd`"));
  const text = describeRebuild({ ...rebuilt, sessions: [{ ...session, name }] });
  assert.ok(text.includes("| `` a`b\\|c # d <img> **e** `` | 3 | the old database |"));
  const nameless = describeRebuild({ ...rebuilt, sessions: [{ ...session, name: " " }] });
  assert.ok(nameless.includes("| (no name) | 3 |"));
});

test("a long list is cut, and says so", () => {
  const faults = Array.from({ length: 1000 }, () => damagedBlob);
  const text = describeStore({ ...sound, faults });
  assert.equal(text.match(/^- /gmu)?.length, 21);
  assert.match(text, /^- … and 980 more$/mu);
});

test("what was mended is told, and what is left with its way out", () => {
  const left: StoreFault = { kind: "upload-stuck", names: ["sales.stc-1.csv"], detail: "openai" };
  assert.equal(
    describeMend({ mended: [{ fault: damagedBlob, done: "moved" }], left: [left] }),
    `# What was mended

- \`sales.csv\`, \`old sales.csv\` in \`blobs/ab/cd\`: moved

## What is left

| What is wrong | How often | What can be done |
| --- | --- | --- |
| Uploads have no known end | 1 | Upload the files again: Satchel looks for them at the provider first. |

## Uploads have no known end

- \`sales.stc-1.csv\`: \`openai\`
`,
  );
  assert.match(describeMend({ mended: [], left: [] }), /nothing that could be mended safely/u);
});

const session = { id: "s", name: "Quarter", files: 3, from: "database" } as const;

const rebuilt: RebuildReport = {
  folder: "/home/ada/store",
  isReplaced: true,
  oldDatabase: "quarantine/registry-2026.sqlite",
  sessions: [session],
  lost: [],
  unreadable: [],
  others: { kept: 0, lost: 0 },
  copies: { stored: 1, unknown: 0 },
};

test("a rebuild that lost nothing says where everything is", () => {
  assert.equal(
    describeRebuild(rebuilt),
    `# The store was rebuilt

\`/home/ada/store\`

It holds 1 session and 1 stored copy.

The old database lies in \`quarantine/registry-2026.sqlite\`. Delete it when you miss nothing.

| Session | Files | Taken from |
| --- | --- | --- |
| \`Quarter\` | 3 | the old database |

Uploads that were not written down any more are found by reconciling.
`,
  );
});

test("a rebuild that lost something names it", () => {
  const text = describeRebuild({
    ...rebuilt,
    lost: [
      { id: "s", name: "Quarter", files: ["file:///work/a%20b.csv"], isWhole: false },
      { id: "t", files: [], isWhole: true },
    ],
    unreadable: ["sessions/x/file_context.json"],
    others: { kept: 1, lost: 2 },
    copies: { stored: 1, unknown: 7 },
  });
  for (const line of [
    "## What is lost",
    "- `Quarter`: `a b.csv`",
    "- `t`: the whole session",
    "- `sessions/x/file_context.json`",
    "Sessions of other users: 1 kept, 2 lost.",
    "7 stored copies that no session names stayed where they are.",
  ]) {
    assert.ok(text.split("\n").includes(line), line);
  }
});

test("a rebuild that was not needed and would lose something changed nothing", () => {
  const { oldDatabase: _, ...report } = rebuilt;
  const text = describeRebuild({ ...report, isReplaced: false });
  assert.match(text, /^# The store was left as it is\n/u);
  assert.doesNotMatch(text, /quarantine|reconciling/u);
});
