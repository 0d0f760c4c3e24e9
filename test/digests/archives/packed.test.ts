import assert from "node:assert/strict";
import { test } from "node:test";
import { ascii, row, u16, u32, u64, u8 } from "../bytes-of.ts";
import { extracted, factsOf, linesOf, testDamage } from "../extracted.ts";
import { written } from "../written-files.ts";

const sevenZip = row(
  u8(0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c, 0, 4),
  u32(0),
  u64(0),
  u64(1),
  u32(0),
  u8(0x17),
);
const packed: readonly (readonly [string, Buffer, string, string | undefined])[] = [
  ["bz2", written.bz2, "bzip2", "not said"],
  ["xz", written.xz, "XZ", "1,000 bytes"],
  ["zst", written.zst, "ZSTD", "1,000 bytes"],
  ["zst", written.zstUnknown, "ZSTD", "not said"],
  ["zst", row(u32(0x184d2a51), u32(3), u8(1, 2, 3), written.zst), "ZSTD", "1,000 bytes"],
  ["7z", sevenZip, "7z 0.4", undefined],
];
for (const [extension, bytes, format, unpacked] of packed) {
  test(`${format} in ${bytes.length} bytes is told by its kind and what it says of its size`, async () => {
    const facts = await factsOf(extension, bytes);
    assert.deepEqual([facts["format"], facts["unpacked"]], [format, unpacked]);
  });
}

/** A block of RAR 4: "technote.txt" of RAR 4.20. */
function block4(kind: number, flags: number, content: Buffer): Buffer {
  return row(u16(0), u8(kind), u16(flags), u16(7 + content.length), content);
}

function file4(name: string, flags: number): Buffer {
  const numbers = row(
    u32(3),
    u32(10),
    u8(2),
    u32(0),
    u32(0),
    u8(29, 0x33),
    u16(name.length),
    u32(0),
  );
  return row(block4(0x74, flags, row(numbers, ascii(name))), Buffer.alloc(3));
}

const main4 = block4(0x73, 0, Buffer.alloc(6));
const rar4 = row(
  ascii("Rar!\u001a\u0007\u0000"),
  main4,
  file4("a\\one.txt", 0x8000),
  file4("two.txt", 0x8004),
  block4(0x7b, 0, u8()),
);

/** A block of RAR 5: "RAR 5.0 archive format". All numbers are below 128. */
function block5(kind: number, flags: number, content: Buffer): Buffer {
  return row(u32(0), u8(content.length + 2, kind, flags), content);
}

function file5(name: string, extra: Buffer): Buffer {
  const start = extra.length > 0 ? u8(extra.length, 3) : u8(3);
  const numbers = u8(0, 10, 0, 0, 0, name.length);
  return row(
    block5(2, extra.length > 0 ? 3 : 2, row(start, numbers, ascii(name), extra)),
    Buffer.alloc(3),
  );
}

const mark5 = ascii("Rar!\u001a\u0007\u0001\u0000");
const rar5 = row(
  mark5,
  block5(1, 0, u8(0)),
  file5("a/one.txt", u8()),
  file5("two.txt", u8(2, 1, 0)),
  block5(5, 0, u8(0)),
);

for (const [format, bytes] of [
  ["RAR 4", rar4],
  ["RAR 5", rar5],
] as const) {
  test(`the entries of a ${format} are listed`, async () => {
    const facts = await factsOf("rar", bytes);
    assert.deepEqual(
      [facts["format"], facts["entries"], facts["encrypted"]],
      [format, "2", "1 of 2"],
    );
    assert.deepEqual(await linesOf("rar", bytes), ["a/", "  one.txt 10", "two.txt 10"]);
  });
}

test("a RAR whose names are encrypted is said to be such", async () => {
  const four = row(
    ascii("Rar!\u001a\u0007\u0000"),
    block4(0x73, 0x80, Buffer.alloc(6)),
    file4("a", 0),
  );
  assert.equal((await factsOf("rar", four))["names"], "encrypted");
  assert.equal((await factsOf("rar", row(mark5, block5(4, 0, u8(0)))))["names"], "encrypted");
});

test("what is not packed is left to others", async () => {
  for (const extension of ["rar", "xz", "7z", "bz2", "zst"])
    for (const bytes of [Buffer.alloc(0), Buffer.from("\0"), Buffer.from("no archive at all\n")])
      assert.equal(await extracted(extension, bytes), undefined);
});

testDamage("packed files", [
  ["xz", written.xz],
  ["zst", written.zst],
  ["7z", sevenZip],
  ["rar", rar4],
  ["rar", rar5],
]);
