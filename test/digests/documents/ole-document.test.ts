import assert from "node:assert/strict";
import { test } from "node:test";
import { extractionOf, textOf } from "../documents.ts";

const sectorSize = 512;
const free = 0xffffffff;
const end = 0xfffffffe;

/** A compound file with one stream for the kind and a summary, each padded to the size of large streams. */
function oleOf(stream: string, summary: Buffer): Buffer {
  const sectors = 2 + 8 + 8;
  const bytes = Buffer.alloc((1 + sectors) * sectorSize);
  Buffer.from("d0cf11e0a1b11ae1", "hex").copy(bytes);
  bytes.writeUInt16LE(9, 30);
  bytes.writeUInt32LE(1, 44);
  bytes.writeUInt32LE(1, 48);
  bytes.writeUInt32LE(4096, 56);
  bytes.writeUInt32LE(end, 60);
  bytes.fill(0xff, 76, 512);
  bytes.writeUInt32LE(0, 76);
  const table = bytes.subarray(sectorSize, 2 * sectorSize).fill(0xff);
  table.writeUInt32LE(0xfffffffd, 0);
  table.writeUInt32LE(end, 4);
  for (let sector = 2; sector < sectors; sector++)
    table.writeUInt32LE(sector === 9 || sector === 17 ? end : sector + 1, sector * 4);
  writeEntry(bytes, 0, ["Root Entry", 5, end, 0]);
  writeEntry(bytes, 1, [stream, 2, 2, 4096]);
  writeEntry(bytes, 2, ["\u0005SummaryInformation", 2, 10, 4096]);
  summary.copy(bytes, 11 * sectorSize);
  return bytes;
}

function writeEntry(
  bytes: Buffer,
  index: number,
  [name, kind, start, size]: readonly [string, number, number, number],
): void {
  const at = 2 * sectorSize + index * 128;
  bytes.write(name, at, "utf16le");
  bytes.writeUInt16LE(2 * name.length + 2, at + 64);
  bytes[at + 66] = kind;
  bytes.writeUInt32LE(start === free ? end : start, at + 116);
  bytes.writeUInt32LE(size, at + 120);
}

/** A summary with code page, title and author. */
function summaryOf(title: Buffer, author: Buffer): Buffer {
  const bytes = Buffer.alloc(400);
  bytes.writeUInt32LE(48, 44);
  const set = bytes.subarray(48);
  set.writeUInt32LE(3, 4);
  for (const [index, [id, at]] of [
    [1, 40] as const,
    [2, 60] as const,
    [4, 160] as const,
  ].entries()) {
    set.writeUInt32LE(id, 8 + 8 * index);
    set.writeUInt32LE(at, 12 + 8 * index);
  }
  set.writeUInt32LE(2, 40);
  set.writeUInt16LE(1251, 44);
  for (const [at, text] of [[60, title] as const, [160, author] as const]) {
    set.writeUInt32LE(0x1e, at);
    set.writeUInt32LE(text.length + 1, at + 4);
    text.copy(set, at + 8);
  }
  return bytes;
}

const summary = summaryOf(Buffer.from([0xd7, 0xe0, 0xe9]), Buffer.from("Ann"));

test("an old Word document is told by kind, title, author and size, and that its text is not read", async () => {
  const bytes = oleOf("WordDocument", summary);
  const size = bytes.length.toLocaleString("en-US");
  assert.deepEqual(await extractionOf("doc", bytes), {
    extractor: "document",
    type: "doc",
    preview: [],
    facts: [
      { name: "kind", value: "Word document of the 97-2003 kind" },
      { name: "title", value: "Чай" },
      { name: "author", value: "Ann" },
      { name: "size", value: `${size} bytes` },
    ],
    text: `doc\nkind: Word document of the 97-2003 kind\ntitle: Чай\nauthor: Ann\nsize: ${size} bytes\nits text is not read`,
  });
  assert.equal(await textOf("doc", bytes), undefined);
});

for (const [stream, kind] of [
  ["Workbook", /Excel/u],
  ["PowerPoint Document", /PowerPoint/u],
  ["EncryptedPackage", /password/u],
] as const) {
  test(`a file with the stream ${stream} is told so`, async () => {
    assert.match((await extractionOf("xls", oleOf(stream, summary)))?.text ?? "", kind);
  });
}

test("another compound file, and none at all, is no document", async () => {
  assert.equal(await extractionOf("doc", oleOf("Other", summary)), undefined);
  assert.equal(await extractionOf("doc", "text"), undefined);
});

test("a table of sectors that leads back to itself has an end", async () => {
  const bytes = oleOf("WordDocument", summary);
  bytes.writeUInt32LE(1, sectorSize + 4);
  assert.match((await extractionOf("doc", bytes))?.text ?? "", /Word/u);
});
