import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { createMd5 } from "../../src/providers/md5.ts";

test("a sum is the sum of all pieces, however they are cut", () => {
  const bytes = Uint8Array.from({ length: 300 }, (_, index) => (index * 89 + 41) % 256);
  for (let length = 0; length <= bytes.length; length += 1) {
    const all = bytes.subarray(0, length);
    for (const size of [1, 7, 63, 64, 65, 300]) {
      const sum = createMd5();
      for (let from = 0; from < length; from += size) sum.add(all.subarray(from, from + size));
      assert.equal(sum.hex(), createHash("md5").update(all).digest("hex"), `${length} by ${size}`);
    }
  }
});
