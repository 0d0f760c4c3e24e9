import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { assert as check, property, string } from "fast-check";
import { carriesTag, remoteName } from "../../src/core/files/remote-name.ts";
import { storageAddress } from "../../src/providers/supabase-connection.ts";
import {
  listedFile,
  pathOf,
  placeIn,
  placeOf,
  remoteFile,
} from "../../src/providers/supabase-objects.ts";

const contentId = "0123456789abcdef".repeat(4);
const uploadId = "fedcba98-0000-0000-0000-000000000000";
const folder = `01/${contentId}/`;

// https://github.com/supabase/storage/blob/master/src/storage/limits.ts
const validKey = /^(\w|\/|!|-|\.|\*|'|\(|\)| |&|\$|@|=|;|:|\+|,|\?)*$/;

const keyFor = (name: string): string => placeOf({ purpose: "user-files", contentId, name }).key;
const nameOf = (key: string): string => remoteFile({ bucket: "user-files", key }, 0, "").name;

describe("the keys of objects", () => {
  const names: readonly (readonly [name: string, inKey: string])[] = [
    ["sales.csv", "sales.csv"],
    ["with space.csv", "with space.csv"],
    ["100 %.csv", "100 =25.csv"],
    ["a=b.csv", "a=3Db.csv"],
    ["=41.csv", "=3D41.csv"],
    ["Ü 報 📈", "=C3=9C =E5=A0=B1 =F0=9F=93=88"],
    [".env", "=2Eenv"],
    ["..", "=2E."],
    [" trimmed ", "=20trimmed=20"],
    ["a/b\\c#d?e", "a=2Fb=5Cc=23d=3Fe"],
  ];
  for (const [name, inKey] of names) {
    it(`hold the name ${JSON.stringify(name)}`, () => {
      assert.equal(keyFor(name), folder + inKey);
      assert.equal(nameOf(folder + inKey), name);
    });
  }

  it("are valid whatever the name is, and keep its tag, and all of it unless it is too long", () => {
    const anyName = string({ unit: "binary", minLength: 1, maxLength: 300 });
    check(
      property(anyName, (file) => {
        const name = remoteName(file, contentId, uploadId);
        const key = keyFor(name);
        assert.match(key, validKey);
        assert.ok(key.length - folder.length <= 235, key);
        assert.ok(carriesTag(nameOf(key), contentId, uploadId), key);
        if (key.length - folder.length < 90) assert.equal(nameOf(key), name);
        assert.deepEqual(placeIn(`user-files/${key}`), { bucket: "user-files", key });
        // A server takes the path apart like this, and signs what the second one makes of it.
        assert.equal(decodeURIComponent(pathOf(key)), key);
        assert.equal(decodeURI(pathOf(key)), key);
        assert.equal(new URL(`http://host/${pathOf(key)}`).pathname, `/${pathOf(key)}`);
      }),
      { numRuns: 500 },
    );
  });

  it("cut a long name before its tag", () => {
    const name = remoteName(`${"報".repeat(80)}.csv`, contentId, uploadId);
    const cut = nameOf(keyFor(name));
    assert.match(cut, /^報{21,}\.stc-0123456789ab-fedcba\.csv$/);
    assert.ok(name.endsWith(cut));
  });

  it("stay what they are where other tools made them", () => {
    assert.deepEqual(listedFile("user-files", { name: "a/=41 b.csv", metadata: { size: 3 } }), {
      id: "user-files/a/=41 b.csv",
      name: "=41 b.csv",
      bytes: 3,
      createdAt: undefined,
      purpose: "user-files",
      contentId: undefined,
    });
    assert.equal(nameOf(`${folder}=FF.csv`), "=FF.csv");
    assert.equal(listedFile("user-files", { id: "x" }), undefined);
    assert.equal(listedFile("user-files", null), undefined);
  });

  it("are found in ids, unless no object can have them", () => {
    assert.deepEqual(placeIn("generated-files/a"), { bucket: "generated-files", key: "a" });
    assert.deepEqual(placeIn("user-files/generated-files/a")?.key, "generated-files/a");
    assert.deepEqual(placeIn("a b/c"), { bucket: "user-files", key: "a b/c" });
    for (const id of [
      "",
      "user-files/",
      "user-files/../a",
      "a//b",
      "a/./b",
      "/a",
      "a/",
      "\ud800",
    ]) {
      assert.equal(placeIn(id), undefined, id);
    }
  });
});

describe("the address of the API", () => {
  const addresses: readonly (readonly [set: string, address: string])[] = [
    ["https://abc.supabase.co", "https://abc.supabase.co/storage/v1"],
    ["https://abc.supabase.co/", "https://abc.supabase.co/storage/v1"],
    ["https://abc.supabase.co/storage/v1", "https://abc.supabase.co/storage/v1"],
    ["https://abc.supabase.co/storage/v1//", "https://abc.supabase.co/storage/v1"],
    ["https://abc.storage.supabase.co", "https://abc.storage.supabase.co/v1"],
    ["https://abc.storage.supabase.co/v1", "https://abc.storage.supabase.co/v1"],
    ["http://localhost:8000", "http://localhost:8000/storage/v1"],
    ["https://example.com/supabase", "https://example.com/supabase/storage/v1"],
    ["https://user:secret@example.com/?key=secret#x", "https://example.com/storage/v1"],
    ["not an address", "not an address"],
    ["ftp://example.com", "ftp://example.com"],
    ["", ""],
  ];
  for (const [set, address] of addresses) {
    it(`${JSON.stringify(set)} is ${JSON.stringify(address)}`, () =>
      assert.equal(storageAddress(set), address));
  }
});
