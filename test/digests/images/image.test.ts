import assert from "node:assert/strict";
import { test } from "node:test";
import { imageSize } from "image-size";
import {
  ascii,
  padded,
  row,
  tiffDoubles,
  tiffOf,
  tiffShorts,
  tiffText,
  u16,
  u32,
  u8,
} from "../bytes-of.ts";
import { extracted, extractedByRanges, factsOf, testDamage } from "../extracted.ts";

const chunk = (name: string, content: Buffer): Buffer =>
  row(u32(content.length, true), ascii(name), content, u32(0));
const header = row(u32(640, true), u32(480, true), u8(8, 6, 0, 0, 0));
const pngMark = u8(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const png = row(pngMark, chunk("IHDR", header), chunk("IDAT", u8(0)), chunk("IEND", u8()));
const apng = row(
  pngMark,
  chunk("IHDR", header),
  chunk("acTL", row(u32(7, true), u32(0))),
  chunk("IDAT", u8(0)),
);

const frame = row(u8(0x2c), Buffer.alloc(9), u8(2, 1, 0x44, 0));
const gif = row(
  ascii("GIF89a"),
  u16(30),
  u16(20),
  u8(0x80, 0, 0),
  Buffer.alloc(6),
  u8(0x21, 0xf9, 4, 0, 0, 0, 0, 0),
  frame,
  frame,
  frame,
  u8(0x3b),
);

/** A directory of places: 48° 51' 30" north. What is told must not have any of it. */
const place = tiffOf([
  tiffText(1, "N"),
  [2, 5, 3, row(...[48, 1, 51, 1, 30, 1].map((n) => u32(n)))],
]);

/** The directories of a TIFF, one behind the other, as EXIF has them. */
function exifOf(): Buffer {
  const tags = (exifAt: number, gpsAt: number): Buffer =>
    tiffOf([
      tiffText(271, "ACME"),
      tiffText(272, "Snap 3"),
      tiffShorts(274, 6),
      [0x8769, 4, 1, u32(exifAt)],
      [0x8825, 4, 1, u32(gpsAt)],
    ]);
  const { length } = tags(0, 0);
  const details = moved(tiffOf([tiffText(0x9003, "2024:05:06 07:08:09")]), length);
  return row(tags(length, length + details.length), details, moved(place, length + details.length));
}

/** A directory to be put at a place: without the head of a file, and with its offsets moved. */
function moved(tiff: Buffer, at: number): Buffer {
  const bytes = Buffer.from(tiff.subarray(8));
  for (let entry = 2; entry < 2 + 12 * bytes.readUInt16LE(0); entry += 12)
    if (bytes.readUInt32LE(entry + 4) > 4 || bytes.readUInt16LE(entry + 2) === 5)
      bytes.writeUInt32LE(bytes.readUInt32LE(entry + 8) - 8 + at, entry + 8);
  return bytes;
}

const segment = (marker: number, content: Buffer): Buffer =>
  row(u8(0xff, marker), u16(content.length + 2, true), content);
const jpegFrame = segment(0xc0, row(u8(8), u16(300, true), u16(400, true), u8(1, 1, 0x11, 0)));
const jpeg = row(
  u8(0xff, 0xd8),
  segment(0xe1, row(ascii("Exif\0\0"), exifOf())),
  jpegFrame,
  u8(0xff, 0xd9),
);

const bmp = padded(
  row(ascii("BM"), u32(0), u32(0), u32(54), u32(40), u32(32), u32(16), u16(1), u16(24)),
  54,
);
const iconEntry = (size: number): Buffer =>
  row(u8(size, size, 0, 0), u16(1), u16(32), u32(0), u32(0));
const icon = row(u16(0), u16(1), u16(2), iconEntry(16), iconEntry(0));
const riff = (...chunks: readonly Buffer[]): Buffer => {
  const content = row(ascii("WEBP"), ...chunks);
  return row(ascii("RIFF"), u32(content.length), content);
};
const webpChunk = (name: string, content: Buffer): Buffer =>
  row(ascii(name), u32(content.length), content);
const extendedHeader = webpChunk("VP8X", u8(2, 0, 0, 0, 99, 0, 0, 49, 0, 0));
const animated = webpChunk("ANMF", Buffer.alloc(16));
const webp = riff(extendedHeader, animated, animated, animated);
const box = (name: string, content: Buffer): Buffer =>
  row(u32(content.length + 8, true), ascii(name), content);
const avif = row(
  box("ftyp", row(ascii("avif"), u32(0), ascii("avifmif1"))),
  box(
    "meta",
    row(
      u32(0),
      box("iprp", box("ipco", box("ispe", row(u32(0), u32(1024, true), u32(768, true))))),
    ),
  ),
);
const tiff = tiffOf([
  tiffShorts(256, 512),
  tiffShorts(257, 256),
  tiffShorts(258, 32, 32),
  tiffShorts(259, 8),
  tiffShorts(277, 2),
  tiffShorts(339, 3, 3),
  tiffDoubles(33550, 30, 30, 0),
  tiffDoubles(33922, 0, 0, 0, 440720, 3751320, 0),
  tiffShorts(34735, 1, 1, 0, 2, 1024, 0, 1, 1, 3072, 0, 1, 32611),
  tiffText(34737, "WGS 84 / UTM zone 11N|"),
]);

test("a PNG is told by its pixels, format and colors", async () => {
  assert.deepEqual(await extracted("png", png), {
    extractor: "image",
    type: "png",
    preview: [],
    facts: [
      { name: "pixels", value: "640 × 480" },
      { name: "format", value: "PNG" },
      { name: "colors", value: "8 bit RGB with alpha" },
      { name: "size", value: `${png.length} bytes` },
    ],
    text: `png; pixels 640 × 480; format PNG; colors 8 bit RGB with alpha; size ${png.length} bytes`,
  });
});

const animations: readonly (readonly [string, Buffer, string, string])[] = [
  ["png", apng, "animated PNG", "7"],
  ["gif", gif, "GIF 89a", "3"],
  ["webp", webp, "animated WebP", "3"],
];
for (const [extension, bytes, format, frames] of animations) {
  test(`frames of an ${format} are counted`, async () => {
    const facts = await factsOf(extension, bytes);
    assert.deepEqual([facts["format"], facts["frames"]], [format, frames]);
  });
}

const all: readonly (readonly [string, Buffer])[] = [
  ["png", png],
  ["gif", gif],
  ["jpg", jpeg],
  ["bmp", bmp],
  ["webp", webp],
  ["avif", avif],
  ["tif", tiff],
];
for (const [extension, bytes] of all) {
  test(`image-size finds the same pixels in ${extension}`, async () => {
    const { width, height } = imageSize(bytes);
    assert.equal((await factsOf(extension, bytes))["pixels"], `${width} × ${height}`);
  });
}

test("of a photo the camera, date and orientation are told, and nothing of the place", async () => {
  const extraction = await extracted("jpg", jpeg);
  assert.equal(
    extraction?.text,
    `jpg; pixels 400 × 300; format JPEG; camera ACME Snap 3; taken 2024:05:06 07:08:09; orientation 6; size ${jpeg.length} bytes`,
  );
  assert.doesNotMatch(JSON.stringify(extraction), /gps|latitude|longitude|48|51/iu);
});

test("the photo does say where it was taken, so that the test above means something", async () => {
  const { default: exifr } = await import("exifr");
  // oxlint-disable-next-line import/no-named-as-default-member -- Node finds no named exports in this package
  const tags = (await exifr.parse(jpeg, { gps: true })) as { GPSLatitude: number[] };
  assert.deepEqual(tags.GPSLatitude, [48, 51, 30]);
});

test("the images of an icon are told, the largest first", async () => {
  const facts = await factsOf("ico", icon);
  assert.deepEqual([facts["pixels"], facts["images"]], ["256 × 256", "256 × 256, 16 × 16"]);
});

test("a GeoTIFF is told by its bands, scale, tie point and coordinate system", async () => {
  const facts = await factsOf("tif", tiff);
  assert.deepEqual(facts, {
    pixels: "512 × 256",
    format: "GeoTIFF",
    bands: "2",
    "bits per band": "32 float",
    compression: "deflate",
    CRS: "EPSG:32611, projected, WGS 84 / UTM zone 11N",
    "pixel scale": "30 × 30",
    "tie point": "pixel 0, 0 at 440720, 3751320",
    size: `${tiff.length} bytes`,
  });
});

test("directories of a TIFF that form a loop are counted once", async () => {
  const looped = Buffer.from(tiff);
  looped.writeUInt32LE(8, 10 + 10 * 12);
  assert.equal((await factsOf("tif", looped))["pages"], undefined);
});

test("what is no image is left to others", async () => {
  for (const extension of ["png", "jpg", "tif", "ico"])
    for (const bytes of [Buffer.alloc(0), Buffer.from("\0"), Buffer.from("no image at all\n")])
      assert.equal(await extracted(extension, bytes), undefined);
});

test("a TIFF is read by ranges, wherever its directory stands", async () => {
  const at = 10 ** 12;
  const head = row(
    ascii("II+\0"),
    u16(8),
    u16(0),
    u32(at % 2 ** 32),
    u32(Math.floor(at / 2 ** 32)),
  );
  const entry = (tag: number): Buffer => row(u16(tag), u16(3), u32(1), u32(0), u32(5), u32(0));
  const directory = row(u32(2), u32(0), entry(256), entry(257), u32(0), u32(0));
  const whole = (start: number): Buffer => (start < at ? head : directory);
  const extraction = await extractedByRanges("tif", at + directory.length, (start, end) => {
    const from = start < at ? 0 : at;
    return whole(start).subarray(start - from, end - from);
  });
  assert.equal(extraction?.facts?.[0]?.value, "5 × 5");
});

testDamage("images", [...all, ["ico", icon], ["png", apng]]);
