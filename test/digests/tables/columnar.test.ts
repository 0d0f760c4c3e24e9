import assert from "node:assert/strict";
import { test } from "node:test";
import { extractArrow } from "../../../src/digests/tables/arrow.ts";
import { extractAvro } from "../../../src/digests/tables/avro.ts";
import type { Extractor } from "../../../src/digests/extraction.ts";
import { extractParquet } from "../../../src/digests/tables/parquet.ts";
import { extractionOf, factsOf } from "../extraction-of.ts";
import { checkMutations } from "../mutations.ts";
import * as files from "../table-files.ts";

test("Parquet is told by its footer", async () => {
  const digest = await extractionOf(extractParquet, files.parquet, "parquet");
  assert.deepEqual([digest?.columns, digest?.rows], [["id", "name", "day", "tags"], 4]);
  const { "created by": createdBy, ...facts } = factsOf(digest);
  assert.deepEqual(facts, {
    rows: "4",
    columns: "4",
    "row groups": "2 of up to 3 rows",
    compression: "snappy",
  });
  assert.match(createdBy ?? "", /^parquet-cpp-arrow/u);
  assert.deepEqual(digest?.profile, [
    { name: "id", type: "integer", nulls: 1, min: "1", max: "4" },
    { name: "name", type: "text", nulls: 1, min: "Ann", max: "Cy" },
    { name: "day", type: "date", nulls: 0, min: "2024-01-01", max: "2024-01-04" },
  ]);
  assert.deepEqual(digest?.preview, [
    { id: 1, name: "Ann", day: "2024-01-01", tags: ["a"] },
    { id: 2, name: "Bo", day: "2024-01-02", tags: [] },
    { id: null, name: "Cy", day: "2024-01-03", tags: null },
  ]);
  assert.match(digest?.text ?? "", /schema: id int32\?, name string\?, day date\?, tags list\?/u);
});

test("rows of Parquet are shown whatever packed them", async () => {
  const digest = await extractionOf(extractParquet, files.parquetZstd, "parquet");
  assert.equal(factsOf(digest)["compression"], "zstd");
  assert.deepEqual(digest?.preview[1], { id: 2, name: "Bo" });
});

test("of a large file of Parquet only the footer is read", async () => {
  const front = Buffer.alloc(64 * 1024 * 1024);
  const large = Buffer.concat([front, files.parquet]);
  let read = 0;
  const file = {
    extension: "parquet",
    size: large.length,
    get bytes(): Buffer {
      throw new Error("all bytes are asked for");
    },
    read(start: number, end: number): Buffer {
      read += Math.min(end, large.length) - start;
      return large.subarray(start, end);
    },
  };
  const digest = await extractParquet(file, () => Promise.resolve());
  assert.deepEqual([digest?.rows, digest?.preview], [4, []]);
  assert.ok(read < 600_000, `${read} bytes`);
});

test("Arrow is told by its schema and the lengths of its batches", async () => {
  const digest = await extractionOf(extractArrow, files.arrow, "arrow");
  assert.deepEqual([digest?.columns, digest?.rows], [["id", "name", "day", "tags", "kind"], 4]);
  assert.deepEqual(factsOf(digest), {
    rows: "4",
    columns: "5",
    "record batches": "2",
    compression: "none",
  });
  assert.deepEqual(
    digest?.profile?.map(({ type, nulls }) => [type, nulls]),
    [
      ["integer", 1],
      ["text", 1],
      ["date", 0],
      ["mixed", 1],
      ["text", 0],
    ],
  );
  assert.match(digest?.text ?? "", /id int32\?, .*kind dictionary of string\?/u);
});

test("a stream of Arrow is told alike", async () => {
  const digest = await extractionOf(extractArrow, files.arrows, "arrows");
  assert.deepEqual([digest?.columns, digest?.rows], [["id", "name"], 4]);
  assert.equal(factsOf(digest)["record batches"], "2");
});

test("Avro is told by its header and the counts of its blocks", async () => {
  const digest = await extractionOf(extractAvro, files.avro, "avro");
  assert.deepEqual([digest?.columns, digest?.rows], [["id", "name", "day", "tags"], 10]);
  const { blocks, ...facts } = factsOf(digest);
  assert.ok(Number(blocks) > 1);
  assert.deepEqual(facts, { rows: "10", columns: "4", record: "Row", compression: "deflate" });
  assert.match(digest?.text ?? "", /id long, name string\?, day date, tags array of string/u);
});

test("a last block of Avro that is not whole is not counted, and said", async () => {
  const digest = await extractionOf(extractAvro, files.avro.subarray(0, -1), "avro");
  assert.equal(digest?.rows, undefined);
  assert.match(digest?.text ?? "", /^avro, at least \d rows/u);
});

const extractors: readonly (readonly [string, Extractor, Buffer])[] = [
  ["parquet", extractParquet, files.parquet],
  ["arrow", extractArrow, files.arrow],
  ["arrows", extractArrow, files.arrows],
  ["avro", extractAvro, files.avro],
];
for (const [extension, extract, bytes] of extractors) {
  test(`other bytes are no ${extension}`, async () => {
    assert.equal(await extractionOf(extract, Buffer.from("no"), extension), undefined);
    assert.equal(await extractionOf(extract, Buffer.alloc(100), extension), undefined);
  });

  test(`damaged ${extension} ends soon, at worst with an error`, async () => {
    const { told, failed } = await checkMutations(extract, bytes, { extension, count: 2000 });
    assert.ok(told > 50 && failed > 50, `${told} told, ${failed} failed`);
  });
}
