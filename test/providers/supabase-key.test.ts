import assert from "node:assert/strict";
import { describe, it, mock } from "node:test";
import { inspect } from "node:util";
import type { ProviderWith } from "../../src/core/ports/provider.ts";
import { createSupabase } from "../../src/providers/supabase.ts";
import { startFaultyServer } from "./faulty-server.ts";
import { json, key } from "./supabase-faults.ts";
import { upload } from "./supabase-request.ts";

const signal = new AbortController().signal;
const id = "user-files/a/b";

describe("the key stays where it belongs", () => {
  for (const status of [301, 302, 303, 307, 308]) {
    it(`a redirect with ${status} is not followed`, async (test) => {
      const other = await startFaultyServer(test, json(200, { objects: [], hasNext: false }));
      const server = await startFaultyServer(test, (response) => {
        response.writeHead(status, { location: `${other.url}/storage/v1/x` }).end();
      });
      for (const operation of operations(connect(server.url, key))) {
        await assert.rejects(operation, {
          code: "provider-rejected",
          message: `Supabase Storage at ${server.url}/storage/v1 redirects to another address, and the API key must not go there: correct the base URL in the settings`,
        });
      }
      assert.equal(server.requests.length, 6);
      assert.equal(other.requests.length, 0);
    });
  }

  const unsendable: readonly (readonly [string, string | undefined, string])[] = [
    ["https://abc.supabase.co", undefined, "key-missing"],
    ["http://192.168.1.20:8000", undefined, "key-missing"],
    ["http://localhost.example.com", undefined, "key-missing"],
    ["http://127.0.0.1@example.com", undefined, "key-missing"],
    ["https://abc.supabase.co", `${key}\n`, "key-rejected"],
    ["https://abc.supabase.co", `${key}…`, "key-rejected"],
    ["https://abc.supabase.co", "", "key-rejected"],
    ["not an address", key, "provider-rejected"],
    ["ftp://example.com", key, "provider-rejected"],
    ["", key, "provider-rejected"],
  ];
  for (const [baseUrl, given, code] of unsendable) {
    it(`${code} without a request: ${JSON.stringify(baseUrl)}, ${JSON.stringify(given)}`, async () => {
      const spy = mock.method(globalThis, "fetch", () => assert.fail("a request was sent"));
      try {
        for (const operation of operations(connect(baseUrl, given))) {
          await assert.rejects(operation, (error: Error & { code?: string }) => {
            assert.equal(error.code, code);
            assert.doesNotMatch(inspect(error, { depth: 20, showHidden: true }), /canary/);
            return true;
          });
        }
        assert.equal(spy.mock.callCount(), 0);
      } finally {
        spy.mock.restore();
      }
    });
  }

  it("all requests go to the one server, below its API, and a server on this machine needs no key", async () => {
    const asked: Request[] = [];
    const spy = mock.method(globalThis, "fetch", async (url: string, init: RequestInit) => {
      asked.push(new Request(url, init));
      return new Response("{}", { status: 500 });
    });
    try {
      const hostile = [
        "user-files/../../../auth/v1/user",
        "//example.com/x",
        "https://example.com/x",
      ];
      const { files } = connect("http://localhost:54321", undefined);
      const more = hostile.flatMap((each) => [
        files.get(each, signal),
        files.delete(each, signal),
        files.download?.(each, signal),
        files.link?.(each, 60, signal),
      ]);
      await Promise.allSettled([...operations({ files }), ...more]);
    } finally {
      spy.mock.restore();
    }
    assert.equal(asked.length, 6);
    for (const { url, headers } of asked) {
      assert.ok(url.startsWith("http://localhost:54321/storage/v1/"), url);
      assert.equal(headers.get("apikey"), null);
      assert.equal(headers.get("authorization"), null);
    }
  });

  it("a base URL with secrets is not shown", async () => {
    const { files } = connect(`http://user:${key}@127.0.0.1:9/${key}?token=${key}`, key);
    await assert.rejects(files.list(signal), (error: Error) => {
      assert.match(
        error.message,
        /could not be reached at http:\/\/127\.0\.0\.1:9\/\[key\]\/storage\/v1,/,
      );
      assert.doesNotMatch(inspect(error, { depth: 20, showHidden: true }), /canary/);
      return true;
    });
  });
});

function connect(baseUrl: string, given: string | undefined): ProviderWith<"files"> {
  return createSupabase({ baseUrl, key: given, account: "" });
}

function operations({ files }: Pick<ProviderWith<"files">, "files">): readonly Promise<unknown>[] {
  const running = [
    files.upload(upload("a.csv", "a\n"), signal),
    files.list(signal),
    files.get(id, signal),
    files.delete(id, signal),
    files.download?.(id, signal),
    files.link?.(id, 60, signal),
  ].filter((each) => each !== undefined);
  // One that fails while another is looked at is no unhandled rejection.
  for (const each of running) each.catch(() => undefined);
  return running;
}
