import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";
import type { Digest } from "../../src/core/files/digest.ts";
import { createDigester } from "../../src/digests/digester.ts";
import { digestOf } from "./digest-of.ts";

const digestsProcess = new URL("../../src/digests/digests-process.ts", import.meta.url);
const bombs = new URL("bombs-process.ts", import.meta.url);
const digester = createDigester({ process: digestsProcess });
after(() => digester.close());

function file(name: string, content: string): Parameters<typeof digester.digest>[0] {
  return { contentId: "id", name, bytes: new TextEncoder().encode(content) };
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** The process that a digester of bombs uses now, if it may use only one. */
async function idOf(digest: Promise<Digest>): Promise<number> {
  return ((await digest) as unknown as { pid: number }).pid;
}

async function untilGone(pid: number): Promise<void> {
  while (isRunning(pid)) await setTimeout(20);
}

test("a digest is the same from a process", async () => {
  const contents = {
    "a.csv": "__proto__,b\n1,2\n",
    "a.json": '{"__proto__": {"a": [1, null, "é"]}}',
    "a.xyz": "# Title\n",
    "a.png": "\0",
    "empty.csv": "",
  };
  for (const [name, content] of Object.entries(contents))
    assert.deepEqual(await digester.digest(file(name, content)), await digestOf(name, content));
});

test("tells the version of its digests", async () => {
  const { version } = await digester.digest(file("a.xyz", ""));
  assert.equal(version, digester.version);
});

test("leaves a buffer alone of which it was given a part", async () => {
  const whole = new TextEncoder().encode("a,b\n1,2\n3,4\n");
  const digest = await digester.digest({ ...file("a.csv", ""), bytes: whole.subarray(0, 8) });
  assert.deepEqual([digest.rows, whole.length], [1, 12]);
});

test("a file of many parts arrives whole", async () => {
  const digest = await digester.digest(file("a.csv", `a,b\n${"1,2\n".repeat(500_000)}`));
  assert.equal(digest.rows, 500_000);
});

test("a hundred files at once each get their own digest", async () => {
  const rows = Array.from({ length: 100 }, (_, index) => index + 1);
  const digests = await Promise.all(
    rows.map((count) => digester.digest(file(`${count}.csv`, `a,b\n${"1,2\n".repeat(count)}`))),
  );
  assert.deepEqual(
    digests.map((digest) => digest.rows),
    rows,
  );
});

test("an aborted signal starts nothing", async () => {
  await assert.rejects(digester.digest(file("a.xyz", "one"), AbortSignal.abort()), {
    name: "AbortError",
  });
});

test("an abort ends a digest within a second, and those that wait for their turn", async () => {
  const bombing = createDigester({ process: bombs });
  const pid = await idOf(bombing.digest(file("memory", "")));
  const controller = new AbortController();
  const all = ["loop", "sleep", "loop", "a.xyz"].map((name) =>
    bombing.digest(file(name, ""), controller.signal),
  );
  const settled = Promise.allSettled(all);
  await setTimeout(500);
  const start = performance.now();
  controller.abort();
  const reasons = (await settled).map((each) => (each as PromiseRejectedResult).reason as Error);
  assert.ok(performance.now() - start < 1000);
  assert.deepEqual(
    reasons.map(({ name }) => name),
    Array(4).fill("AbortError"),
  );
  await untilGone(pid);
  assert.equal((await bombing.digest(file("a.xyz", "two"))).type, "xyz");
  await bombing.close();
});

test("closing ends what is under way; the next digest starts anew", async () => {
  const bombing = createDigester({ process: bombs });
  const pid = await idOf(bombing.digest(file("memory", "")));
  const all = ["loop", "loop", "a.xyz"].map((name) => bombing.digest(file(name, "")));
  const settled = Promise.allSettled(all);
  await bombing.close();
  assert.equal(isRunning(pid), false);
  for (const each of await settled)
    assert.equal(((each as PromiseRejectedResult).reason as Error).name, "AbortError");
  assert.equal((await bombing.digest(file("a.xyz", "two"))).type, "xyz");
  await bombing.close();
  await bombing.close();
});

test("a process is used again, and ended when there has been no work for a while", async () => {
  const bombing = createDigester({ process: bombs, limits: { idle: 300 } });
  const pid = await idOf(bombing.digest(file("memory", "")));
  assert.equal(await idOf(bombing.digest(file("memory", ""))), pid);
  await untilGone(pid);
  assert.notEqual(await idOf(bombing.digest(file("memory", ""))), pid);
  await bombing.close();
});

test("a process sees nothing of the environment that it does not need", async () => {
  const bombing = createDigester({ process: bombs });
  process.env["SATCHEL_TEST_SECRET"] = "secret";
  const { env } = (await bombing.digest(file("memory", ""))) as unknown as { env: string[] };
  const needed = /^(?:TZ|TMPDIR|TEMP|TMP|LD_LIBRARY_PATH|SystemRoot|ELECTRON_RUN_AS_NODE)$/iu;
  assert.deepEqual(
    env.filter((name) => !needed.test(name)),
    [],
  );
  await bombing.close();
});

test("a program that wants to end does not wait for idle processes, and they end with it", async () => {
  const code = `
    import { createDigester } from ${JSON.stringify(new URL("../../src/digests/digester.ts", import.meta.url).href)};
    const digester = createDigester({ process: new URL(${JSON.stringify(bombs.href)}) });
    const { pid } = await digester.digest({ contentId: "id", name: "memory", bytes: new Uint8Array(0) });
    console.log(pid);`;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--input-type=module-typescript", "-e", code],
    { timeout: 30_000 },
  );
  assert.ok(Number(stdout) > 0);
  await untilGone(Number(stdout));
});

test("what cannot be started keeps files as plain ones", async () => {
  const missing = createDigester({ process: new URL("no-such-process.ts", import.meta.url) });
  const { version, text } = await missing.digest(file("a.csv", "a,b\n"));
  assert.equal(version, 0);
  assert.match(text, /^csv, 4 bytes, kept as a plain file: reading it ended the process/u);
  await missing.close();
});
