import assert from "node:assert/strict";
import { test } from "node:test";
import { runOnSmallDisk, whyNoSmallDisks } from "./small-disk.ts";

interface Report {
  readonly trashed: number;
  readonly refused: string;
  readonly freed: number;
  readonly works: boolean;
  readonly left: number;
  readonly sound: boolean;
}

test(
  "expiry frees room on a disk that is full, and the store works again without being reopened",
  { skip: whyNoSmallDisks() ?? false, timeout: 60_000 },
  async (t) => {
    const script = new URL("./children/full-expiry.ts", import.meta.url);
    const report = JSON.parse(await runOnSmallDisk(8, script)) as Report;
    assert.equal(report.trashed, 8);
    assert.match(report.refused, /disk is full/u, "the disk was full indeed");
    // The log of what was done takes some of it.
    assert.ok(report.freed > 300_000, `freed ${report.freed} bytes`);
    assert.ok(report.works);
    assert.equal(report.left, 0);
    assert.ok(report.sound);
    t.diagnostic(`${report.freed} bytes freed`);
  },
);
