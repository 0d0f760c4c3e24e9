import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { inspect } from "node:util";
import type { ProviderWith } from "../../src/core/ports/provider.ts";
import type { UploadRequest } from "../../src/core/ports/provider-files.ts";
import { createSupabase } from "../../src/providers/supabase.ts";
import { describeProvider } from "./contract.ts";
import { startSupabaseLite } from "./servers/supabase-lite.ts";
import { upload } from "./supabase-request.ts";

const signal = new AbortController().signal;

/** One for all: it takes seconds to start. */
const server = await startSupabaseLite();
after(() => server.stop());

const connect = (key: string | undefined): ProviderWith<"files"> =>
  createSupabase({ baseUrl: server.url, key, account: "0123456789abcdef" });

describeProvider("supabase", async () => ({
  provider: connect(server.secretKey),
  stored: async (id) => server.stored(id),
  hang: () => server.hang(),
  stop: async () => {},
  traits: { equalBytes: "one" },
}));

describe("the Supabase adapter", () => {
  const provider = connect(server.secretKey);
  before(async () => {
    await server.sql("delete from storage.objects");
    await server.sql("delete from storage.buckets");
  });

  /** The requests of some work, as `METHOD path`. */
  const requestsOf = async (work: () => Promise<unknown>): Promise<readonly string[]> => {
    const start = server.requests.length;
    await work();
    return server.requests.slice(start).map(({ method, path }) => `${method} ${path}`);
  };

  it("is an account without models", () => {
    const { account, capabilities } = connect("k");
    const baseUrl = `${server.url}/storage/v1`;
    assert.deepEqual(account, {
      provider: "supabase",
      name: "Supabase Storage",
      baseUrl,
      account: "0123456789abcdef",
    });
    assert.equal(capabilities.chat, undefined);
    assert.equal(capabilities.answers, false);
  });

  it("creates its bucket where there is none, and never a public one", async () => {
    const request = upload("first.csv", "a,b\n");
    const object = `/storage/v1/object/user-files/${keyOf(request)}`;
    const info = `GET /storage/v1/object/info/user-files/${keyOf(request)}`;
    assert.deepEqual(await requestsOf(() => provider.files.upload(request, signal)), [
      `POST ${object}`,
      "POST /storage/v1/bucket",
      `POST ${object}`,
      info,
    ]);
    const { rows } = (await server.sql("select id, public from storage.buckets")) as {
      rows: object[];
    };
    assert.deepEqual(rows, [{ id: "user-files", public: false }]);
    const other = upload("second.csv", "c,d\n");
    assert.equal((await requestsOf(() => provider.files.upload(other, signal))).length, 2);
  });

  it("puts a file under its content id and its name, and what other tools want to know beside it", async () => {
    const request = upload("Übersicht 報告.csv", "1\n");
    const file = await provider.files.upload(request, signal);
    const { contentId, name, mediaType } = request;
    assert.match(
      file.id,
      /^user-files\/[0-9a-f]{2}\/[0-9a-f]{64}\/=C3=9Cbersicht =E5=A0=B1=E5=91=8A\.stc-[0-9a-f]{12}-[0-9a-f]{6}\.csv$/,
    );
    assert.ok(file.id.startsWith(`user-files/${contentId.slice(0, 2)}/${contentId}/`));
    assert.equal(file.name, name);
    assert.equal(file.contentId, contentId);
    assert.equal(file.purpose, "user-files");
    assert.equal(file.bytes, 2);
    const sent = server.requests.findLast(({ method }) => method === "POST");
    assert.equal(sent?.headers["x-upsert"], "false");
    assert.equal(sent?.headers["content-type"], "text/csv");
    assert.equal(sent?.headers["content-length"], "2");
    assert.deepEqual(JSON.parse(atob64(sent?.headers["x-metadata"])), {
      name,
      contentId,
      mediaType,
    });
  });

  it("sends its key, and no facts about this machine", async () => {
    process.env["SUPABASE_KEY"] = "environment";
    await provider.files.list(signal);
    delete process.env["SUPABASE_KEY"];
    const { headers = {} } = server.requests.at(-1) ?? {};
    assert.equal(headers["apikey"], server.secretKey);
    assert.equal(headers["authorization"], `Bearer ${server.secretKey}`);
    assert.equal(headers["user-agent"], "satchel");
    assert.doesNotMatch(inspect(headers), /environment|storage-js|node/i);
  });

  it("takes the same upload twice for one, without sending a copy over it", async () => {
    const request = upload("twice.csv", "x\n");
    const first = await provider.files.upload(request, signal);
    assert.deepEqual(await provider.files.upload(request, signal), first);
    const another = { ...request, name: request.name.replace(/-[0-9a-f]{6}/, "-abcdef") };
    assert.notEqual((await provider.files.upload(another, signal)).id, first.id);
  });

  it("does not take over an object that holds something else", async () => {
    const request = upload("other.csv", "12345\n");
    const file = await provider.files.upload(request, signal);
    const refused = {
      code: "provider-rejected",
      message: /holds something else under the name of other\.csv/,
    };
    const longer = { ...request, bytes: new TextEncoder().encode("123456\n") };
    await assert.rejects(provider.files.upload(longer, signal), refused);
    const { contentId } = request;
    await server.sql(
      `update storage.objects set user_metadata = '{"contentId":"${"0".repeat(64)}"}' where name like '%${contentId}%'`,
    );
    await assert.rejects(provider.files.upload(request, signal), refused);
    await server.sql(
      `update storage.objects set user_metadata = '{}' where name like '%${contentId}%'`,
    );
    assert.equal((await provider.files.upload(request, signal)).id, file.id);
  });

  it("keeps what a chat makes in a bucket of its own, and lists both", async () => {
    const request = { ...upload("chart.png", "png"), purpose: "generated-files" };
    const file = await provider.files.upload(request, signal);
    assert.match(file.id, /^generated-files\//);
    assert.equal(file.purpose, "generated-files");
    const listed = await provider.files.list(signal);
    assert.deepEqual(
      new Set(listed.map(({ purpose }) => purpose)),
      new Set(["user-files", "generated-files"]),
    );
    assert.deepEqual(await provider.files.download?.(file.id, signal), request.bytes);
    await provider.files.delete(file.id, signal);
    await assert.rejects(provider.files.download?.(file.id, signal) ?? assert.fail(), {
      code: "provider-file-gone",
      message: `Supabase Storage has no file ${file.id} any more: upload it again`,
    });
  });

  it("lists, downloads and deletes files of other tools, too", async () => {
    const put = await fetch(`${server.url}/storage/v1/object/generated-files/by/hand (1).txt`, {
      method: "POST",
      headers: { apikey: server.secretKey, "content-type": "text/plain" },
      body: "by hand",
    });
    assert.equal(put.status, 200);
    const id = "generated-files/by/hand (1).txt";
    const file = (await provider.files.list(signal)).find((each) => each.id === id);
    assert.equal(file?.name, "hand (1).txt");
    assert.equal(file?.contentId, undefined);
    assert.deepEqual(await provider.files.get(id, signal), file);
    const bytes = await provider.files.download?.(id, signal);
    assert.equal(new TextDecoder().decode(bytes), "by hand");
    await provider.files.delete(id, signal);
    assert.equal(await provider.files.get(id, signal), undefined);
  });

  it("links to a file for a while, without telling the key", async () => {
    const request = upload("shown.png", "not really a picture");
    const { id } = await provider.files.upload(request, signal);
    const link = (await provider.files.link?.(id, 60, signal)) ?? "";
    assert.ok(link.startsWith(`${server.url}/storage/v1/object/sign/user-files/`));
    assert.doesNotMatch(link, /canary/);
    assert.equal(await (await fetch(link)).text(), "not really a picture");
    await provider.files.delete(id, signal);
    for (const gone of [id, "user-files/../x"]) {
      await assert.rejects(provider.files.link?.(gone, 60, signal) ?? assert.fail(), {
        code: "provider-file-gone",
      });
    }
  });

  it("asks a bucket for its limit before it sends a large file", async () => {
    await server.sql("update storage.buckets set file_size_limit = 60000000");
    const large = upload("large.bin", new Uint8Array(60_000_001));
    assert.deepEqual(
      await requestsOf(() =>
        assert.rejects(provider.files.upload(large, signal), {
          code: "provider-rejected",
          message:
            "Supabase Storage does not take large.bin: it has 60000001 bytes, and the bucket user-files allows 60000000",
        }),
      ),
      ["GET /storage/v1/bucket/user-files"],
    );
    await server.sql("update storage.buckets set file_size_limit = 3");
    const small = upload("small.bin", "1234");
    await assert.rejects(provider.files.upload(small, signal), {
      code: "provider-rejected",
      message: /does not take small\.bin: .*50 MB on the free plan/,
    });
    await server.sql("update storage.buckets set file_size_limit = null");
  });
});

function keyOf({ contentId, name }: UploadRequest): string {
  return `${contentId.slice(0, 2)}/${contentId}/${name}`;
}

function atob64(text: string | undefined): string {
  return Buffer.from(text ?? "", "base64").toString("utf8");
}
