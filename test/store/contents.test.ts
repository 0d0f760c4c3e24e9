import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, symlinkSync, truncateSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import type { ContextErrorCode } from "../../src/core/errors.ts";
import { idOf } from "./samples.ts";

import { isWindows, limit, place, settle, type Place } from "./place.ts";

test("a file is known by its bytes, its type and its lines", async (t) => {
  const { contents, file } = place(t);
  const uri = file("sales.csv", "a,b\r\n1,2\r\n3,4");
  assert.deepEqual(await contents.inspect(uri, limit), {
    content: {
      contentId: idOf("a,b\r\n1,2\r\n3,4"),
      bytes: 13,
      mediaType: "text/csv",
      lines: 3,
    },
    holdsPrivateKey: false,
    ignoredByGit: false,
  });
});

test("binary content has no lines", async (t) => {
  const { contents, file } = place(t);
  const bytes = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0]);
  const { content } = await contents.inspect(file("chart.png", bytes), limit);
  assert.deepEqual(content, { contentId: idOf(bytes), bytes: 5, mediaType: "image/png" });
});

test("nothing is stored by looking", async (t) => {
  const { contents, file, folder } = place(t);
  await contents.inspect(file("a.txt", "text"), limit);
  assert.ok(!existsSync(join(folder, "store")));
});

const oddNames = [
  "a b.txt",
  'it\'s "quoted".txt',
  "🎒 наклад.txt",
  "a#b?c.txt",
  "50%.txt",
  "%41.txt",
];
for (const name of oddNames.filter((odd) => !isWindows || !/["?]/u.test(odd))) {
  test(`a file called ${name} is read and kept`, async (t) => {
    const { contents, file } = place(t);
    const uri = file(name, name);
    const { content } = await contents.take(uri, limit);
    assert.equal(content.contentId, idOf(name));
    const source = { contentId: content.contentId, uri };
    assert.equal(Buffer.from(await contents.read(source)).toString(), name);
  });
}

test("both ways to spell a drive or a path in a URI lead to the file", async (t) => {
  const { contents, file } = place(t);
  const uri = file("a+b c.txt", "text").replace("+", "%2B");
  assert.equal((await contents.inspect(uri, limit)).content.contentId, idOf("text"));
});

interface Refusal {
  readonly code: ContextErrorCode;
  readonly message: RegExp;
  readonly uri: (place: Place) => string | Promise<string>;
  readonly skip?: boolean;
}

const refusals: Record<string, Refusal> = {
  "an empty file": {
    code: "file-empty",
    message: /^empty\.txt is empty: /u,
    uri: ({ file }) => file("empty.txt", ""),
  },
  "a file over the limit": {
    code: "file-too-large",
    message: /^big\.csv has 60 MB, and the limit is 50 MB: .*settings$/u,
    uri({ file, folder }) {
      const uri = file("big.csv", "");
      truncateSync(join(folder, "big.csv"), 60_000_000);
      return uri;
    },
  },
  "a file one byte over the limit": {
    code: "file-too-large",
    message: /^big\.csv has 50\.1 MB, and the limit is 50 MB: /u,
    uri({ file, folder }) {
      const uri = file("big.csv", "");
      truncateSync(join(folder, "big.csv"), limit + 1);
      return uri;
    },
  },
  "a folder": {
    code: "file-not-regular",
    message: /^data is a folder: /u,
    uri({ folder }) {
      mkdirSync(join(folder, "data"));
      return pathToFileURL(join(folder, "data")).href;
    },
  },
  "a pipe": {
    code: "file-not-regular",
    message: /^pipe is a pipe or a device: /u,
    skip: isWindows,
    uri({ folder }) {
      execFileSync("/usr/bin/env", ["mkfifo", join(folder, "pipe")]);
      return pathToFileURL(join(folder, "pipe")).href;
    },
  },
  "a device": {
    code: "file-not-regular",
    message: /^null is a pipe or a device: /u,
    skip: isWindows,
    uri: () => "file:///dev/null",
  },
  "a link to a folder": {
    code: "file-not-regular",
    message: /^link is a folder/u,
    skip: isWindows,
    uri({ folder }) {
      symlinkSync(folder, join(folder, "link"));
      return pathToFileURL(join(folder, "link")).href;
    },
  },
  "a file that is not there": {
    code: "file-missing",
    message: /^gone\.txt is not there any more: /u,
    uri: ({ folder }) => pathToFileURL(join(folder, "gone.txt")).href,
  },
  "a file below a file": {
    code: "file-missing",
    message: /^b\.txt is not there/u,
    uri: ({ file }) => `${file("a.txt", "text")}/b.txt`,
  },
  "a file of another machine": {
    code: "file-not-local",
    message: /^untitled:Untitled-1 is not a file on this computer: /u,
    uri: () => "untitled:Untitled-1",
  },
  "a file that may not be read": {
    code: "file-unreadable",
    message: /^secret\.txt cannot be read, you may not read it: /u,
    skip: isWindows || process.getuid?.() === 0,
    uri({ file, folder }) {
      const uri = file("secret.txt", "text");
      chmodSync(join(folder, "secret.txt"), 0);
      return uri;
    },
  },
};

for (const [what, { code, message, uri, skip }] of Object.entries(refusals)) {
  test(`${what} is refused by name`, { skip: skip ?? false, timeout: 20_000 }, async (t) => {
    const at = place(t);
    const refused = await uri(at);
    await assert.rejects(at.contents.inspect(refused, limit), { code, message });
    await assert.rejects(at.contents.take(refused, limit), { code, message });
  });
}

test("a socket is refused", { skip: isWindows }, async (t) => {
  const { contents, folder } = place(t);
  const path = join(folder, "s");
  const server = createServer().listen(path);
  t.after(() => server.close());
  await new Promise((resolve) => server.once("listening", resolve));
  const refused = { code: "file-not-regular", message: /^s is a pipe or a device: /u };
  await assert.rejects(contents.inspect(pathToFileURL(path).href, limit), refused);
});

test("a link to a file is read as that file", { skip: isWindows }, async (t) => {
  const { contents, file, folder } = place(t);
  file("a.txt", "text");
  symlinkSync(join(folder, "a.txt"), join(folder, "link.txt"));
  const { content } = await contents.inspect(pathToFileURL(join(folder, "link.txt")).href, limit);
  assert.equal(content.contentId, idOf("text"));
});

test("a private key is found in the file", async (t) => {
  const { contents, file } = place(t);
  const key = "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n";
  const uri = file("notes.md", `${"x".repeat(256 * 1024 - 20)}${key}`);
  assert.equal((await contents.inspect(uri, limit)).holdsPrivateKey, true);
});

test("a file that the repository ignores is known as ignored", async (t) => {
  const { contents, file, folder } = place(t);
  mkdirSync(join(folder, ".git"));
  file(".gitignore", "*.log\n");
  assert.equal((await contents.inspect(file("a.log", "x"), limit)).ignoredByGit, true);
  assert.equal((await contents.inspect(file("a.txt", "x"), limit)).ignoredByGit, false);
});

test(
  "who loses interest is let go at once, and the thread stops reading",
  { timeout: 60_000 },
  async (t) => {
    const { contents, file, folder } = place(t);
    const big = file("big.bin", "");
    truncateSync(join(folder, "big.bin"), 200 * 1024 ** 3);
    settle(join(folder, "big.bin"));
    const small = file("a.txt", "text");
    for (const method of ["inspect", "take"] as const) {
      const controller = new AbortController();
      const reading = contents[method](big, 1e15, controller.signal);
      const after = contents.inspect(small, limit);
      await setTimeout(50);
      controller.abort();
      await assert.rejects(reading, { name: "AbortError" });
      // It stands behind the big file, so it ends when the thread has let go of that.
      assert.equal((await after).content.contentId, idOf("text"));
    }
    assert.deepEqual(
      existsSync(join(folder, "store")) ? readdirSync(join(folder, "store", "blobs")) : [],
      [],
    );
  },
);

test("a read does not wait for files that are being hashed", { timeout: 60_000 }, async (t) => {
  const { contents, file, folder } = place(t);
  const big = file("big.bin", "");
  truncateSync(join(folder, "big.bin"), 200 * 1024 ** 3);
  settle(join(folder, "big.bin"));
  const controller = new AbortController();
  const reading = contents.inspect(big, 1e15, controller.signal);
  const bytes = await contents.read({ contentId: idOf("text"), uri: file("a.txt", "text") });
  assert.equal(Buffer.from(bytes).toString(), "text");
  controller.abort();
  await assert.rejects(reading, { name: "AbortError" });
});
