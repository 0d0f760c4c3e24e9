import { test } from "node:test";
import { zipSync } from "fflate";
import { entriesOf, refuses, small, sound } from "./hostile-archives.ts";

const wrongSessions: Record<string, readonly [unknown, RegExp]> = {
  "a list": [[], /session\.json does not describe a session/u],
  nothing: [null, /does not describe a session/u],
  "another format": [{ ...small, format: "other" }, /does not describe a session/u],
  "a newer version": [
    { format: "satchel-session", version: 2 },
    /^sales\.satchel was written by a newer Satchel: update the extension to read it$/u,
  ],
  "version zero": [{ ...small, version: 0 }, /version should be 1/u],
  "no files": [{ ...small, files: undefined }, /files should be/u],
  "an unknown role": [{ ...small, files: [{ ...small.files[0], role: "x" }] }, /files\.0\.role/u],
  "a number as a text": [
    { ...small, contents: [{ ...small.contents[0], bytes: "30" }] },
    /contents\.0\.bytes should be number/u,
  ],
  "a negative size": [
    { ...small, contents: [{ ...small.contents[0], bytes: -1 }] },
    /contents\.0\.bytes should be >=0/u,
  ],
  "half a byte": [
    { ...small, contents: [{ ...small.contents[0], bytes: 0.5 }] },
    /a whole number/u,
  ],
  "a path as content id": [
    { ...small, contents: [{ ...small.contents[0], contentId: "../../../../etc/passwd" }] },
    /contents\.0\.contentId should be a content id/u,
  ],
  "one file twice": [
    { ...small, files: [small.files[0], small.files[0]] },
    /a file is there twice/u,
  ],
  "one content twice": [
    { ...small, contents: [...small.contents, small.contents[0]] },
    /a content is there twice/u,
  ],
  "a content that is not described": [
    { ...small, contents: [small.contents[1]] },
    /a content is named and not described/u,
  ],
  "no time": [{ ...small, exportedAt: "yesterday" }, /exportedAt should be a time/u],
  "a preview as deep as a well": [
    { ...small, digests: [{ ...small.digests[0], preview: ["deep"] }] },
    /digests\.0\.preview should be less deeply nested/u,
  ],
};

/** `JSON.stringify` has no stack for values as deep as this one. */
const deep = `${"[".repeat(10_000)}1${"]".repeat(10_000)}`;

for (const [what, [session, reason]] of Object.entries(wrongSessions)) {
  test(`a session with ${what} is refused`, async () => {
    const json = Buffer.from(JSON.stringify(session).replace('"deep"', deep));
    await refuses(zipSync({ ...sound, "session.json": json }), reason);
  });
}

for (const path of ["/etc/passwd", "../a", "a/../../b", "a\\b", "C:/a", "a\0", "", "a//b", "./a"]) {
  test(`a file at ${JSON.stringify(path)} is refused`, async () => {
    const reason = /files\.0\.path should be a path inside the workspace; ask for a new export$/u;
    const files = [{ ...small.files[0], path }];
    await refuses(zipSync(entriesOf({ ...small, files })), reason);
    const savedFiles = [{ ...small.savedFiles[0], path }];
    const saved = zipSync(entriesOf({ ...small, savedFiles }));
    await refuses(saved, /savedFiles\.0\.path should be/u);
  });
}
