/** The official SDK by itself against the server that the adapter is tested with: if they agree on it, it is no invention of ours. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { StorageClient } from "@supabase/storage-js";
import { startSupabaseLite, type SupabaseLite } from "./servers/supabase-lite.ts";

describe("the server of the tests, asked by the official SDK", () => {
  let server: SupabaseLite;
  let client: StorageClient;
  before(async () => {
    server = await startSupabaseLite();
    const key = server.secretKey;
    const headers = { apikey: key, authorization: `Bearer ${key}` };
    client = new StorageClient(`${server.url}/storage/v1`, headers).throwOnError();
    await client.createBucket("files", { public: false });
  });
  after(() => server.stop());

  it("keeps an object with its metadata", async () => {
    const bucket = client.from("files").throwOnError();
    const metadata = { name: "Überblick", contentId: "abc" };
    const { data } = await bucket.upload("a/b =C3=9C.txt", "some text", {
      contentType: "text/plain",
      metadata,
    });
    assert.equal(data?.fullPath, "files/a/b =C3=9C.txt");
    const { data: facts } = await bucket.info("a/b =C3=9C.txt");
    assert.equal(facts?.name, "a/b =C3=9C.txt");
    assert.equal(facts.bucketId, "files");
    assert.equal(facts.size, 9);
    assert.equal(facts.contentType, "text/plain");
    assert.deepEqual(facts.metadata, metadata);
    assert.ok(Date.now() - Date.parse(facts.createdAt) < 60_000);
    const { data: blob } = await bucket.download("a/b =C3=9C.txt");
    assert.equal(await blob?.text(), "some text");
    const { data: link } = await bucket.createSignedUrl("a/b =C3=9C.txt", 60);
    assert.equal(await (await fetch(link?.signedUrl ?? "")).text(), "some text");
    const { data: removed } = await bucket.remove(["a/b =C3=9C.txt", "not there"]);
    assert.deepEqual(
      removed?.map(({ name }) => name),
      ["a/b =C3=9C.txt"],
    );
  });

  it("lists page by page", async () => {
    const bucket = client.from("files").throwOnError();
    const names = ["b/2", "a/1", "c", "b/1", "d/e/f"];
    for (const name of names) await bucket.upload(name, name);
    const { data: first } = await bucket.listV2({ limit: 3 });
    assert.deepEqual([first?.hasNext, first?.folders], [true, []]);
    const { data: second } = await bucket.listV2({ limit: 3, cursor: first?.nextCursor ?? "" });
    assert.deepEqual([second?.hasNext, second?.nextCursor], [false, undefined]);
    const listed = [first, second].flatMap((page) => page?.objects.map(({ name }) => name));
    assert.deepEqual(listed, names.toSorted());
  });

  it("refuses with the status 400, and tells the real one in the body", async () => {
    const bucket = client.from("files").throwOnError();
    await assert.rejects(bucket.info("not there"), { status: 400, statusCode: "404" });
    await bucket.upload("twice", "1");
    await assert.rejects(bucket.upload("twice", "1"), { status: 400, statusCode: "409" });
    await assert.rejects(bucket.upload("Ü", "1"), { status: 400, code: "InvalidKey" });
    await assert.rejects(client.from("nowhere").throwOnError().upload("a", "1"), {
      statusCode: "404",
    });
    const { data } = await client.from("nowhere").listV2();
    assert.deepEqual(data, { hasNext: false, folders: [], objects: [] });
  });
});
