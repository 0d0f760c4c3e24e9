import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { after, before, describe, it } from "node:test";
import { inspect } from "node:util";
import type { ProviderWith } from "../../src/core/ports/provider.ts";
import type { UploadRequest } from "../../src/core/ports/provider-files.ts";
import { createAnthropic } from "../../src/providers/anthropic.ts";
import { startFaultyServer } from "./faulty-server.ts";
import { type AnthropicServer, startAnthropicServer } from "./servers/anthropic.ts";

const key = "sk-ant-canary-3f9a7c51e2d84b60";
const signal = new AbortController().signal;

describe("files at Anthropic", () => {
  let server: AnthropicServer;
  let provider: ProviderWith<"files" | "chat">;
  before(async () => {
    server = await startAnthropicServer({ requireKey: key });
    provider = createAnthropic({ baseUrl: server.url, key, account: "" });
  });
  after(() => server.stop());

  it("sends a form of two fields, and no more headers than needed", async () => {
    await provider.files.upload(upload({ lifetime: 7_200_400 }), signal);
    const { path, headers, body } = server.requests.at(-1) ?? assert.fail();
    assert.equal(path, "/v1/files");
    assert.match(String(body), /name="expires_in_seconds"\s+7200\s/);
    assert.deepEqual(names(String(body)), ["expires_in_seconds", "file"]);
    const { "content-type": type, "content-length": length, "user-agent": agent } = headers;
    assert.match(String(type), /^multipart\/form-data; boundary=/);
    assert.equal(Number(length), Buffer.byteLength(String(body)));
    assert.match(String(agent), /^Anthropic\/JS /);
    assert.equal(headers["x-api-key"], key);
    assert.equal(headers["anthropic-version"], "2026-10-21");
    const usual = /^(accept|accept-encoding|accept-language|connection|host|sec-fetch-mode)$/;
    const others = Object.keys(headers).filter((name) => !usual.test(name));
    assert.deepEqual(others.toSorted(), [
      "anthropic-version",
      "content-length",
      "content-type",
      "user-agent",
      "x-api-key",
    ]);
  });

  for (const [mediaType, sent] of [
    ["text/csv", "text/plain"],
    ["text/typescript", "text/plain"],
    ["application/json", "text/plain"],
    ["image/svg+xml", "text/plain"],
    ["application/pdf", "application/pdf"],
    ["image/png", "image/png"],
  ] as const) {
    it(`uploads ${mediaType} as ${sent}`, async () => {
      const { id } = await provider.files.upload(upload({ mediaType }), signal);
      assert.equal(server.files.find((file) => file.id === id)?.mediaType, sent);
    });
  }

  for (const [stem, kept] of [
    ['a<b>c:d"e|f?g*h\\i/j\tk\u0000', "a_b_c_d_e_f_g_h_i_j_k_"],
    ["報".repeat(300), "報".repeat(75)],
    ["x".repeat(300), "x".repeat(227)],
  ] as const) {
    it(`keeps the tag of a file named ${inspect(stem).slice(0, 40)}`, async () => {
      const tail = ".stc-0123456789ab-cdef01.csv";
      const file = await provider.files.upload(upload({ name: stem + tail }), signal);
      assert.equal(file.name, kept + tail);
      assert.ok(Buffer.byteLength(file.name) <= 255);
    });
  }

  it("takes a file whose time is over for gone, though it is listed", async () => {
    const rest = { bytes: new Uint8Array(3), mediaType: "text/plain", created: 1000 };
    server.plant({ id: "file_old", filename: "old.txt", ...rest, expires: Date.now() - 1000 });
    assert.equal(await provider.files.get("file_old", signal), undefined);
    const listed = await provider.files.list(signal);
    assert.ok(listed.length > 0 && listed.every((file) => file.id !== "file_old"));
    assert.deepEqual(Object.fromEntries(server.requests.at(-1)?.query ?? []), { limit: "1000" });
  });
});

describe("a list of several pages", () => {
  it("is read to its end, with what it does not tell left open", async (test) => {
    const pages: Readonly<Record<string, object>> = {
      "": { data: [item("file_1")], next_page: "second" },
      second: {
        data: [{ id: "file_2", size_bytes: null, expires_at: null, created_at: null }],
        next_page: null,
      },
    };
    const server = await startFaultyServer(test, (response, { url }) => {
      json(response, pages[new URL(url ?? "", "http://x").searchParams.get("page") ?? ""] ?? {});
    });
    const provider = createAnthropic({ baseUrl: server.url, account: "" });
    const rest = { bytes: undefined, createdAt: undefined, expiresAt: undefined };
    assert.deepEqual(await provider.files.list(signal), [
      { id: "file_1", name: "a.txt", bytes: 7, createdAt: 1_787_150_071_612, expiresAt: undefined },
      { id: "file_2", name: "", ...rest },
    ]);
    assert.equal(server.requests.length, 2);
  });
});

function upload(change: Partial<UploadRequest> = {}): UploadRequest {
  return {
    name: "a.stc-0123456789ab-cdef01.csv",
    contentId: "0".repeat(64),
    mediaType: "text/csv",
    bytes: new TextEncoder().encode("a,b\n"),
    purpose: "",
    ...change,
  };
}

function names(form: string): readonly (string | undefined)[] {
  return [...form.matchAll(/form-data; name="(\w+)"/g)].map(([, name]) => name);
}

function item(id: string): object {
  const created = "2026-08-19T14:34:31.612000Z";
  return { type: "file", id, filename: "a.txt", size_bytes: 7, created_at: created };
}

function json(response: ServerResponse, body: object): void {
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
}
