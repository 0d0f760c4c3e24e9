import assert from "node:assert/strict";
import { test } from "node:test";
import { NetCDFReader } from "netcdfjs";
import { ascii, padded, row, u16, u32, u64, u8 } from "../bytes-of.ts";
import { extracted, extractedByRanges, factsOf, linesOf, testDamage } from "../extracted.ts";
import { written } from "../written-files.ts";

test("an array of NumPy is told by its shape, type and order", async () => {
  assert.deepEqual(await extracted("npy", written.npy), {
    extractor: "array",
    type: "npy",
    preview: [],
    facts: [
      { name: "shape", value: "3 × 4" },
      { name: "value type", value: "float32 big-endian" },
      { name: "order", value: "Fortran" },
      { name: "size", value: "176 bytes" },
    ],
    text: "npy; shape 3 × 4; value type float32 big-endian; order Fortran; size 176 bytes",
  });
});

test("records of NumPy are told by their fields", async () => {
  const extraction = await extracted("npy", written.npyRecords);
  assert.deepEqual(extraction?.columns, ["id int32", "name bytes of 8"]);
});

test("the arrays of an NPZ are told with their shapes, without reading it whole", async () => {
  const { npz } = written;
  const extraction = await extractedByRanges("npz", npz.length, (start, end) =>
    npz.subarray(start, end),
  );
  assert.deepEqual(extraction?.preview, ["images: 10 × 28 × 28 uint8", "labels: 10 int64"]);
});

const variables = [
  "a: 2 × 3 double",
  "s: 1 × 5 char",
  "flag: 1 × 1 logical",
  "z: 1 × 1 complex double",
];
for (const what of ["mat", "matPacked"] as const) {
  test(`the variables of ${what} are told with class and size`, async () => {
    assert.deepEqual(await linesOf("mat", written[what]), variables);
    assert.equal((await factsOf("mat", written[what]))["variables"], "4");
  });
}

test("a NetCDF is told by its dimensions, variables and attributes", async () => {
  const extraction = await extracted("nc", written.nc);
  assert.equal(
    extraction?.text,
    `nc; title Sea; format NetCDF classic; dimensions 2 dimensions: time 3 (unlimited), lat 2; variables 2; size ${written.nc.length} bytes
lat(lat) double
sst(time, lat) float: surface temperature, K
:title = Sea`,
  );
  const reader = new NetCDFReader(written.nc);
  assert.deepEqual(
    reader.variables.map(({ name }) => name),
    ["lat", "sst"],
  );
  const five = Buffer.from("CDF\u0005", "latin1");
  assert.match((await factsOf("nc", padded(five, 64)))["format"] ?? "", /CDF-5/u);
});

/** Cards of a FITS header, with blanks up to a whole block. */
function fitsHeader(...cards: readonly string[]): Buffer {
  const text = [...cards, "END"].map((card) => card.padEnd(80)).join("");
  return ascii(text.padEnd(Math.ceil(text.length / 2880) * 2880));
}

const fits = row(
  fitsHeader(
    "SIMPLE  =                    T / a comment",
    "BITPIX  =                  -32",
    "NAXIS   =                    2",
    "NAXIS1  =                   30",
    "NAXIS2  =                   20",
    "OBJECT  = 'Barnard''s star'    / a name",
    "DATE-OBS= '2024-05-06T07:08:09'",
    "TELESCOP= 'Test'",
  ),
  Buffer.alloc(2880),
  fitsHeader(
    "XTENSION= 'BINTABLE'",
    "BITPIX  =                    8",
    "NAXIS   =                    2",
    "NAXIS1  =                   12",
    "NAXIS2  =                  100",
    "PCOUNT  =                    0",
    "GCOUNT  =                    1",
    "TFIELDS =                    3",
    "EXTNAME = 'EVENTS'",
  ),
  Buffer.alloc(2880),
);

test("a FITS is told by its units and what was observed", async () => {
  assert.deepEqual(await factsOf("fits", fits), {
    units: "2",
    object: "Barnard's star",
    observed: "2024-05-06T07:08:09",
    telescope: "Test",
    size: "11,520 bytes",
  });
  assert.deepEqual(await linesOf("fits", fits), [
    "0: primary, 30 × 20 float32",
    "1: BINTABLE, EVENTS, 100 rows, 3 columns",
  ]);
});

test("units of a FITS without end are counted up to a limit, and sizes may lie", async () => {
  const header = fitsHeader("SIMPLE  =                    T", "NAXIS   =                    0");
  const endless = await extractedByRanges("fits", 10 ** 12, (start, end) =>
    header.subarray(start % 2880, (start % 2880) + end - start),
  );
  assert.equal(endless?.facts?.[0]?.value, "1000");
  const lying = fitsHeader(
    "SIMPLE  =                    T",
    "NAXIS   =                  999",
    ...Array.from({ length: 999 }, (_, index) => `NAXIS${index + 1}`.padEnd(8) + "= 99999999"),
  );
  assert.equal((await factsOf("fits", lying))["units"], "1");
});

const none = Buffer.alloc(8, 0xff);
const hdfMark = u8(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a);
const message1 = (type: number, content: Buffer): Buffer =>
  row(u16(type), u16(content.length), u32(0), content);
/** An object header of version 1: HDF5 File Format Specification 3.0, IV.A.1.a. */
const object1 = (...messages: readonly Buffer[]): Buffer => {
  const content = row(...messages);
  return row(u8(1, 0), u16(messages.length), u32(1), u32(content.length), u32(0), content);
};
const space = row(u8(1, 2, 0, 0), u32(0), u64(5), u64(7));
const float64 = row(u8(0x11, 0x20, 0x3f, 0), u32(8), Buffer.alloc(16));
const dataset = object1(message1(1, space), message1(3, float64));

/** A superblock of version 0 whose root has a symbol table: the parts stand at round places. */
const hdf = row(
  padded(
    row(
      hdfMark,
      u8(0, 0, 0, 0, 0, 8, 8, 0),
      u16(4),
      u16(16),
      u32(0),
      u64(0),
      none,
      u64(2048),
      none,
      row(u64(0), u64(256), u32(1), u32(0), u64(512), u64(768)),
    ),
    256,
  ),
  padded(object1(message1(0x11, row(u64(512), u64(768)))), 256),
  padded(row(ascii("TREE"), u8(0, 0), u16(1), none, none, u64(0), u64(1024), u64(8)), 256),
  padded(row(ascii("HEAP"), u32(0), u64(24), u64(1), u64(840)), 72),
  padded(ascii("\0\0\0\0\0\0\0\0values\0\0group\0"), 184),
  padded(
    row(
      ascii("SNOD"),
      u8(1, 0),
      u16(2),
      row(u64(8), u64(1280), u32(0), u32(0), Buffer.alloc(16)),
      row(u64(16), u64(256), u32(0), u32(0), Buffer.alloc(16)),
    ),
    256,
  ),
  padded(dataset, 256),
);

const link = (name: string, at: number): Buffer => row(u8(1, 0, name.length), ascii(name), u64(at));
const message2 = (type: number, content: Buffer): Buffer =>
  row(u8(type), u16(content.length), u8(0), content);
/** An object header of version 2, IV.A.1.b. */
const object2 = (...messages: readonly Buffer[]): Buffer => {
  const content = row(...messages);
  return row(ascii("OHDR"), u8(2, 1), u16(content.length), content, u32(0));
};
const text8 = row(u8(0x13, 0, 0, 0), u32(8));
const scalar = u8(2, 0, 0, 0);
const linkInfo = row(u8(0, 0), none, none);
const hdf2 = row(
  padded(row(hdfMark, u8(2, 8, 8, 0), u64(0), none, u64(512), u64(64), u32(0)), 64),
  padded(object2(message2(2, linkInfo), message2(6, link("name", 256))), 192),
  object2(message2(1, scalar), message2(3, text8)),
);

test("an HDF5 of the old kind is told by what its root links to", async () => {
  assert.deepEqual(await linesOf("h5", hdf), ["values: 5 × 7 float64", "group: group"]);
  assert.equal((await factsOf("h5", hdf))["superblock"], "version 0");
});

test("so is one of the new kind", async () => {
  assert.deepEqual(await linesOf("h5", hdf2), ["name: scalar text of 8"]);
  assert.equal((await factsOf("hdf5", hdf2))["superblock"], "version 2");
});

test("links that stand in a heap are said not to be listed", async () => {
  const dense = Buffer.from(hdf2);
  const heap = row(u8(0, 0), u64(300), none);
  object2(message2(2, heap), message2(0, link("name", 256))).copy(dense, 64);
  assert.equal((await factsOf("h5", dense))["in the root"], "not listed");
});

test("a tree that leads back to itself ends", async () => {
  const looped = Buffer.from(hdf);
  u64(512).copy(looped, 512 + 32);
  assert.equal((await factsOf("h5", looped))["in the root"], "0 objects");
});

test("a MAT of version 7.3 is said to be HDF5, and a NetCDF 4 too", async () => {
  const head = row(padded(ascii("MATLAB 7.3 MAT-file"), 124), u16(0x0200), ascii("IM"));
  const mat = row(padded(head, 512), hdf);
  assert.equal((await factsOf("mat", mat))["format"], "MAT 7.3, which is HDF5");
  assert.deepEqual(await linesOf("mat", mat), ["values: 5 × 7 float64", "group: group"]);
  assert.equal((await factsOf("nc", hdf))["format"], "HDF5");
});

test("what is no array is left to others", async () => {
  for (const extension of ["npy", "npz", "mat", "nc", "h5", "fits"])
    for (const bytes of [Buffer.alloc(0), Buffer.from("\0"), Buffer.from("no array at all\n")])
      assert.equal(await extracted(extension, bytes), undefined);
});

testDamage("arrays", [
  ["npy", written.npy],
  ["npz", written.npz],
  ["mat", written.mat],
  ["mat", written.matPacked],
  ["nc", written.nc],
  ["fits", fits],
  ["h5", hdf],
  ["h5", hdf2],
]);
