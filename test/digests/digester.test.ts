import assert from "node:assert/strict";
import { after, test } from "node:test";
import { createDigester } from "../../src/digests/digester.ts";
import { digestOf } from "./digest-of.ts";

const thread = new URL("../../src/digests/digests-thread.ts", import.meta.url);
const digester = createDigester({ thread });
after(() => digester.close());

function file(name: string, content: string): Parameters<typeof digester.digest>[0] {
  return { contentId: "id", name, bytes: new TextEncoder().encode(content) };
}

const small = file("small.csv", "");

/** Much more work than a small file, and than the pauses in it are apart. */
function largeFile(): typeof small {
  return file("large.csv", `a,b\n${"1,2\n".repeat(1_500_000)}`);
}

test("a digest is the same from a thread", async () => {
  const contents = {
    "a.csv": "__proto__,b\n1,2\n",
    "a.json": '{"__proto__": {"a": [1, null, "é"]}}',
    "a.md": "# Title\n",
    "a.png": "\0",
  };
  for (const [name, content] of Object.entries(contents))
    assert.deepEqual(await digester.digest(file(name, content)), await digestOf(name, content));
});

test("tells the version of its digests", async () => {
  const { version } = await digester.digest(file("a.md", ""));
  assert.equal(version, digester.version);
});

test("takes bytes over without copying them", async () => {
  const given = file("a.md", "one");
  await digester.digest(given);
  assert.equal(given.bytes.length, 0);
});

test("leaves a buffer alone of which it was given a part", async () => {
  const whole = new TextEncoder().encode("a,b\n1,2\n3,4\n");
  const digest = await digester.digest({ ...small, bytes: whole.subarray(0, 8) });
  assert.deepEqual([digest.rows, whole.length], [1, 12]);
});

test("a small file does not wait for a large one", async () => {
  const order: string[] = [];
  await Promise.all([
    digester.digest(largeFile()).then(() => order.push("large")),
    digester.digest(file("a.md", "one")).then(() => order.push("small")),
  ]);
  assert.deepEqual(order, ["small", "large"]);
});

test("an abort ends a digest at once, and frees the thread for the next one", async () => {
  const controller = new AbortController();
  const aborted = digester.digest(largeFile(), controller.signal);
  assert.equal((await digester.digest(file("a.md", "one"))).type, "md");
  controller.abort();
  await assert.rejects(aborted, { name: "AbortError" });
  assert.equal((await digester.digest(file("a.md", "two"))).type, "md");
});

test("an aborted signal starts nothing", async () => {
  const given = file("a.md", "one");
  await assert.rejects(digester.digest(given, AbortSignal.abort()), { name: "AbortError" });
  assert.equal(given.bytes.length, 3);
});

test("a thread that dies fails the digests under way; the next one starts a new thread", async () => {
  const dying = createDigester({ thread: new URL("dying-thread.ts", import.meta.url) });
  await assert.rejects(dying.digest(file("die", "")), /ended with code 3/u);
  assert.equal((await dying.digest(file("one", ""))).type, "one");
  await dying.close();
  assert.equal((await dying.digest(file("two", ""))).type, "two");
  await dying.close();
});
