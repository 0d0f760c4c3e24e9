import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createDigester } from "../../../src/digests/digester.ts";
import { version } from "../../../src/digests/version.ts";

const digester = createDigester({
  process: new URL("../bombs-process.ts", import.meta.url),
  limits: { deadline: 4000 },
});
after(() => digester.close());

/** The longest time, in milliseconds, that this thread worked without a turn of the event loop. Not the time on a clock: that grows with whatever else runs here. */
let longestTurn = 0;
let resident = 0;

before(async () => {
  await digest("a.xyz");
  resident = process.memoryUsage.rss();
  let last = process.threadCpuUsage();
  setInterval(() => {
    const { user, system } = process.threadCpuUsage(last);
    longestTurn = Math.max(longestTurn, (user + system) / 1000);
    last = process.threadCpuUsage();
  }, 5).unref();
});

function digest(name: string): ReturnType<typeof digester.digest> {
  const bytes = new TextEncoder().encode("one\ntwo\n");
  return digester.digest({ contentId: "id", name, bytes });
}

/** What each bomb is told as, and whether the same would be said of it on any machine. */
const bombs: Readonly<Record<string, readonly [reason: RegExp, isStored: boolean]>> = {
  heap: [/reading it took (?:too much memory|longer than 4 seconds)$/u, false],
  buffers: [/reading it took too much memory$/u, false],
  loop: [/reading it took longer than 4 seconds$/u, false],
  sleep: [/reading it took longer than 4 seconds$/u, false],
  exit: [/reading it ended the process with code 0$/u, false],
  crash: [/reading it ended the process with code 1$/u, false],
  giant: [/what is known of it is too long$/u, true],
  strange: [/reading it failed$/u, true],
  throws: [/reading it failed$/u, true],
};

for (const [name, [reason, isStored]] of Object.entries(bombs)) {
  test(`a file whose parser is a bomb (${name}) is kept as a plain file, and the next one is read`, async () => {
    const [bomb, next] = await Promise.all([digest(`${name}.csv`), digest("a.xyz")]);
    assert.deepEqual([bomb.extractor, bomb.type, bomb.preview], ["binary", "csv", []]);
    assert.match(bomb.text, /^csv, 8 bytes, kept as a plain file: /u);
    assert.match(bomb.text, reason);
    assert.equal(bomb.version, isStored ? version : 0);
    assert.equal(next.text, "xyz, 2 lines\none\ntwo");
    assert.equal((await digest("b.xyz")).text, "xyz, 2 lines\none\ntwo");
  });
}

test("a large file and bombs one after the other leave their starter small and quick", async () => {
  const bytes = new Uint8Array(40_000_000).fill(0x61);
  const large = digester.digest({ contentId: "id", name: "large.xyz", bytes });
  const names = Object.keys(bombs).filter((name) => !["loop", "sleep"].includes(name));
  await Promise.all(names.map((name) => digest(`${name}.csv`)));
  assert.equal((await large).type, "xyz");
  const rise = process.memoryUsage.rss() - resident - bytes.length;
  assert.ok(rise <= 64 * 0x100000, `${rise} bytes more`);
  assert.ok(longestTurn <= 100, `${longestTurn} ms in one turn`);
});
