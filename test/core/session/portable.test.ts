import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import * as fc from "fast-check";
import {
  fromPortable,
  isPortablePath,
  toPortable,
  type ImportOptions,
} from "../../../src/core/session/portable.ts";
import type { SessionFile } from "../../../src/core/session/session.ts";
import type { SessionSnapshot } from "../../../src/core/session/snapshot.ts";
import { secretSnapshot } from "./snapshots.ts";

const contentId = "a".repeat(64);

function snapshotOf(uris: readonly string[], workspace: string): SessionSnapshot {
  const files = uris.map((uri, position): SessionFile => ({
    id: `row-${position}`,
    sessionId: "one",
    uri,
    role: "file",
    pinned: position === 1,
    evicted: false,
    contentId,
    disk: "fresh",
    context: "full",
    position,
    sendAllowed: contentId,
    uploadAllowed: contentId,
  }));
  return {
    session: { id: "one", name: "Quarter", workspace, fence: "f", createdAt: 1 },
    files,
    contents: [{ contentId, bytes: 1, mediaType: "text/csv", lines: 1 }],
    providerFiles: [],
    digests: [],
    phases: [],
    findings: [],
    savedFiles: [],
  };
}

function importOptions(workspace = "file:///c%3A/work"): ImportOptions {
  let last = 0;
  return { workspace, name: "Copy", newId: () => `new-${++last}`, fence: "other", now: 7 };
}

function pathsOf(uris: readonly string[], workspace = "file:///home/ada/q4"): readonly string[] {
  return toPortable(snapshotOf(uris, workspace), 0).files.map(({ path }) => path);
}

test("a file is told by its path in the workspace, or by its name", () => {
  const uris = [
    "file:///home/ada/q4/data/sales%20%231.csv",
    "file:///home/ada/q4-other/sales.csv",
    "untitled:Untitled-1",
  ];
  assert.deepEqual(pathsOf(uris), ["data/sales #1.csv", "sales.csv", "untitled:Untitled-1"]);
  assert.deepEqual(pathsOf(uris.slice(0, 2), ""), ["sales #1.csv", "sales.csv"]);
});

test("files of one name are told apart, and a file of the workspace keeps its own", () => {
  const uris = [
    "file:///tmp/a.csv",
    "file:///var/a.csv",
    "file:///home/ada/q4/a.csv",
    "file:///home/ada/q4/a%20(2).csv",
    "file:///tmp/x/Makefile",
    "file:///tmp/y/Makefile",
    "file:///tmp/x/.env",
    "file:///tmp/y/.env",
  ];
  assert.deepEqual(pathsOf(uris), [
    "a (3).csv",
    "a (4).csv",
    "a.csv",
    "a (2).csv",
    "Makefile",
    "Makefile (2)",
    ".env",
    ".env (2)",
  ]);
});

test("a name that means a way elsewhere on some system is told without it", () => {
  const uris = ["file:///home/ada/q4/a%5Cb.txt", "file:///tmp/c%3Ax.txt", "file:///tmp/..%2Fx"];
  assert.deepEqual(pathsOf(uris), ["a_b.txt", "c_x.txt", ".._x"]);
  assert.deepEqual(pathsOf(["file:///tmp/.."]), ["file"]);
});

test("ten thousand files of one name are told apart in no time", { timeout: 10_000 }, () => {
  const uris = Array.from({ length: 10_000 }, (_, number) => `file:///tmp/${number}/index.ts`);
  assert.equal(pathsOf(uris).at(-1), "index (10000).ts");
});

const paths: Record<string, boolean> = {
  "a.txt": true,
  "a/b c/.env": true,
  "a..b/...": true,
  "%2e%2e/a": true,
  "": false,
  "/a": false,
  "a/": false,
  "a//b": false,
  "./a": false,
  "a/../b": false,
  "..": false,
  "a\\b": false,
  "C:a": false,
  "z:/a": false,
  "a\0b": false,
  "a\ud800": false,
};
for (const [path, isRight] of Object.entries(paths)) {
  test(`${JSON.stringify(path)} is ${isRight ? "a" : "no"} path inside a workspace`, () => {
    assert.equal(isPortablePath(path), isRight);
  });
}

test("an imported session is new, and its files lie in the workspace of the window", () => {
  const portable = toPortable(
    snapshotOf(
      ["file:///home/ada/q4/a%20b/it's%20(1).csv", "file:///tmp/x.csv"],
      "file:///home/ada/q4",
    ),
    0,
  );
  const { session, files } = fromPortable(portable, importOptions());
  assert.deepEqual(session, {
    id: "new-1",
    name: "Copy",
    workspace: "file:///c%3A/work",
    fence: "other",
    createdAt: 7,
  });
  assert.deepEqual(files[0], {
    id: "new-2",
    sessionId: "new-1",
    uri: "file:///c%3A/work/a%20b/it%27s%20%281%29.csv",
    role: "file",
    pinned: false,
    evicted: false,
    contentId,
    disk: "missing",
    context: "out",
    position: 0,
  });
  assert.deepEqual([files[1]?.uri, files[1]?.pinned], ["file:///c%3A/work/x.csv", true]);
});

test("without a workspace, no file of the machine is meant", () => {
  const portable = toPortable(snapshotOf(["file:///tmp/passwd"], ""), 0);
  const { files } = fromPortable(portable, importOptions(""));
  assert.equal(files[0]?.uri, "satchel:/passwd");
});

test("nothing that others may not know is told of any session", () => {
  fc.assert(
    fc.property(secretSnapshot, ({ snapshot, secrets }) => {
      const text = JSON.stringify(toPortable(snapshot, 0));
      for (const secret of secrets) assert.ok(!text.includes(secret), secret);
      assert.ok(toPortable(snapshot, 0).files.every(({ path }) => isPortablePath(path)));
    }),
    { seed: 7, numRuns: 500 },
  );
});

test("a session that travels twice says the same, but for the workspace and the names", () => {
  fc.assert(
    fc.property(secretSnapshot, ({ snapshot }) => {
      const portable = toPortable(snapshot, 0);
      const options = { ...importOptions("file:///elsewhere"), name: snapshot.session.name };
      const imported = fromPortable(portable, options);
      assert.deepEqual(toPortable(imported, 0), portable);
      for (const { uri } of imported.files) {
        assert.ok(fileURLToPath(uri, { windows: false }).startsWith("/elsewhere/"));
      }
      const ids = [imported.session, ...imported.files, ...imported.findings].map(({ id }) => id);
      assert.equal(new Set(ids).size, ids.length);
    }),
    { seed: 8, numRuns: 500 },
  );
});
