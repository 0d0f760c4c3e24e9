import assert from "node:assert/strict";
import { existsSync, readdirSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { crc32 } from "node:zlib";
import { deflateSync, zipSync } from "fflate";
import {
  directoryOf,
  entriesOf,
  otherId,
  reader,
  refuses,
  small,
  sound,
  textId,
  zipOf,
  type Directory,
} from "./hostile-archives.ts";
import { place } from "./place.ts";
import { idOf } from "./samples.ts";

test("an archive that another program made of the same parts is read", async () => {
  const { session, contents } = await reader()(zipSync(sound));
  assert.deepEqual(session, small);
  assert.deepEqual(contents, [textId, otherId]);
});

test("unknown entries are passed over, whatever they are called", async () => {
  const names = [
    "../../evil.txt",
    "/etc/evil.txt",
    "C:\\evil.txt",
    "contents/../../evil",
    `contents/../contents/${textId}`,
    `contents/${textId.toUpperCase()}`,
    `contents/${textId}/x`,
    `Contents/${otherId}`,
    "session.json\0",
    "",
  ];
  const evil = Object.fromEntries(names.map((name) => [name, Buffer.from("evil")]));
  const { contents, store } = await reader()(
    zipSync({ ...evil, ...sound, "readme.txt": Buffer.from("x") }),
  );
  assert.deepEqual(contents, [textId, otherId]);
  assert.deepEqual(readdirSync(store), ["blobs"]);
  assert.deepEqual(
    readdirSync(join(store, "blobs")).toSorted(),
    [textId.slice(0, 2), otherId.slice(0, 2)].toSorted(),
  );
  assert.ok(!existsSync(join(store, "..", "..", "evil.txt")));
});

test("contents that the session does not describe are passed over", async () => {
  const extra = idOf("extra");
  const { contents } = await reader()(
    zipSync({ ...sound, [`contents/${extra}`]: Buffer.from("extra") }),
  );
  assert.deepEqual(contents, [textId, otherId]);
});

test("what is not a zip of a session is refused", async () => {
  await refuses(new Uint8Array(), /not a zip file, or not all of one/u);
  await refuses(Buffer.from("hello"), /not a zip file/u);
  await refuses(Buffer.alloc(100_000, "PK\u0005\u0006"), /not a zip file|directory is damaged/u);
  await refuses(zipSync({}), /it holds no session\.json/u);
  await refuses(zipSync({ "session.json": Buffer.from("{") }), /session\.json is not JSON/u);
  await refuses(Buffer.concat([zipSync(sound), Buffer.from("x")]), /not a zip file/u);
});

test("bytes that are not what their name says are refused", async () => {
  const entry = `contents/${otherId}`;
  await refuses(zipSync({ ...sound, [entry]: Buffer.from("OTHER") }), /holds other bytes/u);
  await refuses(
    zipSync({ ...sound, [entry]: Buffer.from("more") }),
    /another size than it should/u,
  );
});

test("a bomb is not unpacked", async () => {
  const bomb = zipSync({ ...sound, "session.json": Buffer.alloc(70_000_000) });
  assert.ok(bomb.length < 100_000);
  await refuses(bomb, /its session\.json is larger than that of any session/u);

  const { zip, row } = directoryOf(sound);
  for (const id of [textId, otherId]) zip.writeUInt32LE(1_500_000_000, row(`contents/${id}`) + 24);
  await refuses(zip, /it holds more than a session may/u);
});

test("an entry that unpacks to more than it says is stopped there", async () => {
  const zeros = Buffer.alloc(200_000_000);
  const { zip, row } = directoryOf({ ...sound, [`contents/${otherId}`]: [zeros, { level: 1 }] });
  zip.writeUInt32LE(5, row(`contents/${otherId}`) + 24);
  const before = process.memoryUsage().rss;
  await refuses(zip, /holds more than it says/u);
  assert.ok(process.memoryUsage().rss - before < 100_000_000);
  const json = directoryOf({ ...sound, "session.json": Buffer.alloc(70_000_000) });
  json.zip.writeUInt32LE(100, json.row("session.json") + 24);
  await refuses(json.zip, /session\.json holds more than it says/u);
});

const lies: Record<string, (directory: Directory) => void> = {
  "a size that is too large": ({ zip, row }) => zip.writeUInt32LE(99, row("session.json") + 24),
  "a wrong checksum": ({ zip, row }) => zip.writeUInt32LE(99, row("session.json") + 16),
  "an unknown compression": ({ zip, row }) => zip.writeUInt16LE(12, row("session.json") + 10),
  "a stored entry that is deflated": ({ zip, row }) =>
    zip.writeUInt16LE(0, row("session.json") + 10),
  encryption: ({ zip, row }) => zip.writeUInt16LE(1, row("session.json") + 8),
  "a packed size to the end of the world": ({ zip, row }) =>
    zip.writeUInt32LE(0xffff_fff0, row(`contents/${otherId}`) + 20),
  "an entry behind the end": ({ zip, row }) =>
    zip.writeUInt32LE(0xffff_fff0, row("session.json") + 42),
  "an entry that is another one": ({ zip, row }) =>
    zip.writeUInt32LE(zip.readUInt32LE(row(`contents/${otherId}`) + 42), row("session.json") + 42),
  "the same entry twice": ({ zip, row }) => zip.write(textId, row(`contents/${otherId}`) + 46 + 9),
  "an entry too few": ({ zip }) => zip.writeUInt16LE(2, zip.length - 12),
  "an entry too many": ({ zip }) => zip.writeUInt16LE(4, zip.length - 12),
  "65,535 entries": ({ zip }) => zip.writeUInt16LE(0xffff, zip.length - 12),
  "a directory of 4 GB": ({ zip }) => zip.writeUInt32LE(0xffff_fff0, zip.length - 10),
  "a directory elsewhere": ({ zip }) => zip.writeUInt32LE(0xffff_fff0, zip.length - 6),
};

for (const [what, lie] of Object.entries(lies)) {
  test(`a zip that tells of ${what} is refused`, async () => {
    const directory = directoryOf(sound);
    lie(directory);
    await refuses(directory.zip, /^sales\.satchel is not a session that Satchel can read: /u);
  });
}

for (const extra of [1, 100, 70_000, 5_000_000]) {
  test(`an entry with ${extra} bytes behind its end is refused`, async () => {
    const json = Buffer.from(JSON.stringify(small));
    const packed = Buffer.concat([deflateSync(json), Buffer.alloc(extra, 0x55)]);
    const { zip, row } = directoryOf({ "session.json": [packed, { level: 0 }] });
    zip.writeUInt16LE(8, row("session.json") + 10);
    zip.writeUInt32LE(crc32(json), row("session.json") + 16);
    zip.writeUInt32LE(json.length, row("session.json") + 24);
    await refuses(zip, /session\.json is damaged/u);
  });
}

test("a zip of very many entries is read or refused, and fast", async () => {
  const names = Array.from({ length: 65_531 }, (_, number) => `junk/${number}`);
  assert.deepEqual((await reader()(zipOf([...names, ...Object.keys(sound)]))).contents, [
    textId,
    otherId,
  ]);
  await refuses(zipOf([...names, ...Object.keys(sound), "one/more"]), /more entries/u);
});

test("a stored content that looks like a zip in the zip is read as it is", async () => {
  const inner = Buffer.from(zipSync({ "session.json": Buffer.from("evil") }, { level: 0 }));
  const contents = [
    ...small.contents,
    { contentId: idOf(inner), bytes: inner.length, mediaType: "application/zip" },
  ];
  const zip = zipSync({
    ...sound,
    ...entriesOf({ ...small, contents }),
    [`contents/${idOf(inner)}`]: [inner, { level: 0 }],
  });
  assert.deepEqual((await reader()(zip)).contents, [textId, otherId, idOf(inner)]);
});

test("a file of hundreds of gigabytes is refused at once", async (t) => {
  const here = place(t);
  const path = join(here.folder, "big.satchel");
  writeFileSync(path, "");
  truncateSync(path, 300 * 1024 ** 3);
  await assert.rejects(here.contents.readArchive(pathToFileURL(path).href), {
    code: "archive-invalid",
    message: /^big\.satchel is not a session .*: it is not a zip file, or not all of one; ask/u,
  });
});
