import assert from "node:assert/strict";
import { test } from "node:test";
import { digestOf } from "./digest-of.ts";

const runs = 10_000;
/** Milliseconds of work: far more than any of these small files needs, and not the time on the clock. */
const longest = 2000;

const seeds: Readonly<Record<string, readonly string[]>> = {
  "a.csv": [
    'id,name,"a ""quoted"" one"\n1,Zoë,"two\nlines"\n2,,\n3;4\n',
    "\uFEFFa;b;c\r\n1,5;2026-11-20;true\r\n;;\r\n",
    "x\ty\n1\t2\n3\t4\n",
  ],
  "a.json": [
    '[{"id":1,"name":"Zoë","list":[1,2.5e-3,null,true]},{"id":-0,"\\u00e9":{}}]',
    '{"type":"FeatureCollection","features":[{"geometry":{"coordinates":[8.5,47.4]}}]}',
    '{"deep":[[[[[["\\"\\\\\\n"]]]]]]}',
  ],
};
const pieces = ['"', '""', ",", ";", "\n", "\r", "\0", "{", "}", "[", "]", ":", "\\u", "1e999"].map(
  (piece) => Buffer.from(piece),
);

/** Numbers from 0 up to `limit`, the same ones in every run. */
function numbersFrom(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

function mutated(seed: Buffer, next: (limit: number) => number): Buffer {
  let bytes = seed;
  for (let left = 1 + next(6); left > 0; left--) {
    const at = next(bytes.length + 1);
    const end = Math.min(bytes.length, at + next(8));
    const added = [
      Buffer.from([next(256)]),
      pieces[next(pieces.length)] ?? Buffer.alloc(0),
      bytes.subarray(next(bytes.length), bytes.length),
      Buffer.alloc(0),
    ][next(4)];
    bytes = Buffer.concat([bytes.subarray(0, at), added ?? seed, bytes.subarray(end)]);
  }
  return bytes.subarray(0, 4096);
}

for (const [name, texts] of Object.entries(seeds)) {
  test(`${runs} broken files like ${name} have a digest each`, async () => {
    const next = numbersFrom(1);
    for (let run = 0; run < runs; run++) {
      const bytes = mutated(Buffer.from(texts[run % texts.length] ?? ""), next);
      const start = process.threadCpuUsage();
      const digest = await digestOf(name, bytes);
      const { user, system } = process.threadCpuUsage(start);
      assert.ok(user + system < longest * 1000, `slow: ${bytes.toString("base64")}`);
      assert.ok(digest.text.length > 0 && digest.text.length <= 1200);
      const failed = digest.facts?.find((fact) => fact.name === "kept as a plain file");
      assert.equal(failed, undefined, `throws: ${bytes.toString("base64")}`);
    }
  });
}
