import assert from "node:assert/strict";
import { test } from "node:test";
import { carriesTag, isTagged, remoteName } from "../../../src/core/files/remote-name.ts";

const contentId = "0123456789ab".padEnd(64, "c");
const uploadId = "fedcba98-7654-4321-8888-000000000000";

function check(name: string, expected: string): void {
  assert.equal(remoteName(name, contentId, uploadId), expected);
  assert.ok(carriesTag(expected, contentId, uploadId));
  assert.ok(isTagged(expected));
}

test("the tag stands before the extension", () => {
  check("sales.csv", "sales.stc-0123456789ab-fedcba.csv");
  check("archive.tar.gz", "archive.tar.stc-0123456789ab-fedcba.gz");
});

test("names without extension and dot files keep their name", () => {
  check("Makefile", "Makefile.stc-0123456789ab-fedcba");
  check(".env", ".env.stc-0123456789ab-fedcba");
});

test("letters of all scripts and spaces stay, what servers mangle does not", () => {
  check("my report.md", "my report.stc-0123456789ab-fedcba.md");
  check("報告.md", "報告.stc-0123456789ab-fedcba.md");
  check('a"b#c?🎒.md', "a_b_c_.stc-0123456789ab-fedcba.md");
});

test("a long name is cut, its tag is not", () => {
  check(`${"x".repeat(300)}.txt`, `${"x".repeat(80)}.stc-0123456789ab-fedcba.txt`);
});

test("a name that the provider has changed still carries the tag", () => {
  assert.ok(carriesTag("sales.stc-0123456789ab-fedcba (1).csv", contentId, uploadId));
});

test("a file that was saved from a provider and is uploaded again counts as its last upload", () => {
  for (const name of ["sales.csv", "Makefile", ".env"]) {
    const first = remoteName(name, contentId, "11111111-0000");
    assert.equal(remoteName(first, contentId, uploadId), remoteName(name, contentId, uploadId));
  }
  const twice = "sales.stc-0123456789ab-111111.stc-0123456789ab-fedcba.csv";
  assert.ok(carriesTag(twice, contentId, uploadId));
  assert.ok(!carriesTag(twice, contentId, "11111111-0000"));
});

test("other people's files carry no tag", () => {
  assert.ok(!isTagged("sales.csv"));
  assert.ok(!isTagged("sales.stc-xyz.csv"));
  assert.ok(!carriesTag("sales.stc-0123456789ab-000000.csv", contentId, uploadId));
});
