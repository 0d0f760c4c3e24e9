import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { unzipSync } from "fflate";
import { ascii, padded, row, u16, u32, u64 } from "../bytes-of.ts";
import { extracted, extractedByRanges, factsOf, linesOf, testDamage } from "../extracted.ts";
import { written } from "../written-files.ts";

test("a ZIP is listed from its directory, and a path that leads out of it is counted", async () => {
  assert.deepEqual(await extracted("zip", written.zip), {
    extractor: "archive",
    type: "zip",
    preview: [
      { path: "src/a.txt", size: 300 },
      { path: "src/deep/b.txt", size: 1 },
      { path: "README.md", size: 4 },
      { path: "../evil.sh", size: 1 },
      { path: "empty/", size: 0 },
    ],
    facts: [
      { name: "format", value: "ZIP" },
      { name: "entries", value: "5" },
      { name: "folders", value: "1" },
      { name: "unpacked", value: "306 bytes" },
      { name: "ratio", value: "12.8" },
      { name: "unsafe paths", value: "1" },
      { name: "compression", value: "deflate, stored" },
    ],
    text: [
      "zip; format ZIP; entries 5; folders 1; unpacked 306 bytes; ratio 12.8; unsafe paths 1; compression deflate, stored",
      "src/\n  a.txt 300\n  deep/\n    b.txt 1\nREADME.md 4\n../\n  evil.sh 1\nempty/",
    ].join("\n"),
  });
});

test("fflate finds the same files in the ZIP", async () => {
  const files = Object.entries(unzipSync(written.zip)).map(([path, { length }]) => ({
    path,
    size: length,
  }));
  assert.deepEqual((await extracted("zip", written.zip))?.preview, files);
});

/** An entry of a central directory: APPNOTE 6.3.10, 4.3.12. */
function zipEntry(
  path: string,
  given: { size?: number; flags?: number; extra?: Buffer } = {},
): Buffer {
  const { size = 1, flags = 0, extra = Buffer.alloc(0) } = given;
  const name = Buffer.from(path);
  return row(
    ascii("PK\u0001\u0002"),
    ...[20, 20, flags, 0, 0, 0].map((value) => u16(value)),
    ...[0, size, size].map((value) => u32(value)),
    ...[name.length, extra.length, 0, 0, 0].map((value) => u16(value)),
    u32(0),
    u32(0),
    name,
    extra,
  );
}

/** The end of a directory: 4.3.16. */
function zipEnd(count: number, size: number, offset: number): Buffer {
  const end = [0, 0, count, count].map((value) => u16(value));
  return row(ascii("PK\u0005\u0006"), ...end, u32(size), u32(offset), u16(0));
}

function zipOf(entries: readonly Buffer[], said: number = entries.length): Buffer {
  const all = Buffer.concat(entries);
  return row(all, zipEnd(said, all.length, 0));
}

const uses: readonly (readonly [string, string, string])[] = [
  ["jar", "META-INF/MANIFEST.MF", "Java archive"],
  ["apk", "AndroidManifest.xml", "Android package"],
  ["vsix", "extension.vsixmanifest", "VS Code extension"],
  ["whl", "a-1.0.dist-info/WHEEL", "Python wheel"],
];
for (const [extension, path, use] of uses) {
  test(`a ${extension} is called a ${use}`, async () =>
    assert.equal((await factsOf(extension, zipOf([zipEntry(path)])))["format"], `ZIP, ${use}`));
}

test("an encrypted entry and bytes before the archive are said", async () => {
  const zip = row(Buffer.alloc(100, 1), zipOf([zipEntry("a", { flags: 1 }), zipEntry("b")]));
  const facts = await factsOf("zip", zip);
  assert.deepEqual([facts["encrypted"], facts["bytes before it"]], ["1 of 2", "100"]);
});

test("a ZIP64 with an entry larger than 4 GiB is read", async () => {
  const extra = row(u16(1), u16(16), u64(5e12), u64(5e12));
  const entry = zipEntry("large", { size: 0xffffffff, extra });
  const end64 = row(
    ascii("PK\u0006\u0006"),
    u64(44),
    u32(0),
    u64(0),
    ...[1, 1, entry.length, 0].map((value) => u64(value)),
  );
  const locator = row(ascii("PK\u0006\u0007"), u32(0), u64(entry.length), u32(1));
  const zip = row(entry, end64, locator, zipEnd(0xffff, 0xffffffff, 0xffffffff));
  const facts = await factsOf("zip", zip);
  assert.deepEqual([facts["format"], facts["entries"]], ["ZIP64", "1"]);
  assert.equal(facts["unpacked"], "5,000,000,000,000 bytes");
});

test("a number of entries that is a lie is shown beside what is there", async () => {
  const facts = await factsOf("zip", zipOf([zipEntry("a")], 60_000));
  assert.equal(facts["entries"], "1 looked at, 60000 as it says");
});

test(
  "very many entries are counted up to a limit, and 30 of them shown",
  { timeout: 10_000 },
  async () => {
    const zip = zipOf(Array<Buffer>(300_000).fill(zipEntry("a/b.txt")), 0xffff);
    const facts = await factsOf("zip", zip);
    assert.equal(facts["entries"], "200000 looked at, 65535 as it says");
    assert.equal((await extracted("zip", zip))?.preview.length, 30);
  },
);

test("names that would break a line or turn the writing around are inert", async () => {
  const zip = zipOf([
    zipEntry("a\nb\u001b[31m.txt"),
    zipEntry("exe\u202etxt.sh"),
    zipEntry("/etc/x"),
    zipEntry("C:\\x"),
    zipEntry("d/".repeat(5000)),
  ]);
  const extraction = await extracted("zip", zip);
  assert.ok(extraction && extraction.text.length <= 1200);
  assert.doesNotMatch(extraction.text.replaceAll("\n", ""), /\p{Cc}|\u202e/u);
  assert.match(extraction.text, /a\uFFFDb\uFFFD\[31m\.txt 1\nexe\uFFFDtxt\.sh 1\n\/etc\/\n/u);
  assert.equal((await factsOf("zip", zip))["unsafe paths"], "2");
});

test("a ZIP is read by ranges", async () => {
  const { zip } = written;
  const extraction = await extractedByRanges("zip", zip.length, (start, end) =>
    zip.subarray(start, end),
  );
  assert.equal(extraction?.preview.length, 5);
});

test("a TAR in gzip is listed with long names, links and folders", async () => {
  const long = `${"l".repeat(120)}/`;
  assert.deepEqual(await linesOf("tgz", written.tgz), [
    "a/",
    "  one.txt 5",
    `  ${long}`,
    "    two.txt 700",
    "  link link",
    "é.txt 1",
    "dir/",
  ]);
  const facts = await factsOf("gz", written.tgz);
  assert.deepEqual([facts["format"], facts["entries"], facts["links"]], ["TAR in gzip", "5", "1"]);
  assert.equal((await linesOf("tgz", written.tarGnuGz))[1], `  ${"n".repeat(130)}.txt 3`);
});

/** A header of a TAR: POSIX.1-2017, pax. */
function tarHeader(path: string, size: string): Buffer {
  const bytes = padded(row(padded(ascii(path), 124), ascii(size)), 512);
  bytes.write("        0ustar\0", 148, "latin1");
  const sum = bytes.reduce((all, byte) => all + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return bytes;
}

test("a TAR of endless headers is read to a limit, and one that lies about sizes to its end", async () => {
  const header = tarHeader("same", "0");
  const endless = await extractedByRanges("tar", 10 ** 12, () => header);
  const facts = endless?.facts?.map(({ name, value }) => `${name} ${value}`);
  assert.deepEqual(facts, ["format TAR", "entries 200000", "damage not read to the end"]);
  const lying = row(tarHeader("large", "77777777777"), Buffer.alloc(10));
  assert.equal((await factsOf("tar", lying))["unpacked"], "8,589,934,591 bytes");
});

test("a TAR that ends in something else is said to be damaged", async () => {
  const tar = row(tarHeader("a", "0"), Buffer.alloc(512, 1));
  assert.equal((await factsOf("tar", tar))["damage"], "not read to the end");
  assert.equal(await extracted("tar", Buffer.alloc(2048)), undefined);
});

test("of a gzip bomb only the beginning is unpacked", { timeout: 5000 }, async () => {
  const bomb = gzipSync(row(tarHeader("bomb", "17777777777"), Buffer.alloc(100 * 0x100000)));
  const facts = await factsOf("gz", bomb);
  assert.equal(facts["entries at its start"], "1");
});

test("the name, date and size of what is in a gzip are told", async () => {
  assert.deepEqual(await factsOf("gz", written.gz), {
    format: "gzip",
    name: "notes.txt",
    changed: "2020-01-01T00:00:00",
    unpacked: "1,000 bytes modulo 4 GiB, as it says",
    ratio: "23.3",
    packed: "43 bytes",
  });
});

test("what is no archive is left to others", async () => {
  for (const extension of ["zip", "tar", "gz"])
    for (const bytes of [Buffer.alloc(0), Buffer.from("\0"), Buffer.from("no archive at all\n")])
      assert.equal(await extracted(extension, bytes), undefined);
});

testDamage("archives", [
  ["zip", written.zip],
  ["tgz", written.tgz],
  ["tar", row(tarHeader("a", "5"), Buffer.alloc(512), tarHeader("b", "0"), Buffer.alloc(1024))],
  ["gz", written.gz],
]);
