import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test, type TestContext } from "node:test";
import { isAbort } from "../../src/core/errors.ts";
import { carriesTag } from "../../src/core/files/remote-name.ts";
import type { ProviderFiles } from "../../src/core/ports/provider-files.ts";
import { createGemini } from "../../src/providers/gemini.ts";
import { fileOf } from "../../src/providers/gemini-replies.ts";
import { startFaultyServer } from "./faulty-server.ts";
import { key, upload } from "./gemini-request.ts";
import {
  type GeminiServer,
  type GeminiServerOptions,
  startGeminiServer,
} from "./servers/gemini.ts";

const signal = new AbortController().signal;
const hash = upload().contentId;
const name = `files/${hash.slice(0, 40)}`;
const patience = { between: 5, atMost: 300 };

async function stage(
  t: TestContext,
  options: GeminiServerOptions = {},
): Promise<{ readonly server: GeminiServer; readonly files: ProviderFiles }> {
  const server = await startGeminiServer({ key, ...options });
  t.after(() => server.stop());
  const { files } = createGemini({ baseUrl: server.url, key, account: "", patience });
  return { server, files };
}

test("a file is stored under a name that its bytes give it, and told as a text", async (t) => {
  const { server, files } = await stage(t);
  const file = await files.upload(upload(), signal);
  const [start, piece] = server.requests;
  assert.deepEqual(start?.body, {
    file: {
      name,
      displayName: `sales.stc-${hash.slice(0, 12)}-cdef01.csv`,
      mimeType: "text/plain",
    },
  });
  assert.equal(start?.headers["x-goog-upload-header-content-length"], "21");
  assert.equal(piece?.headers["x-goog-upload-offset"], "0");
  assert.equal(piece?.headers["x-goog-upload-command"], "upload, finalize");
  assert.equal(server.requests.length, 2);
  assert.equal(file.id, name);
  assert.equal(file.contentId, hash);
  assert.equal(file.bytes, 21);
  assert.equal(Number(file.expiresAt) - Number(file.createdAt), 48 * 3_600_000);
});

test("a document and a picture keep their types, and other texts lose theirs", async (t) => {
  const { server, files } = await stage(t);
  for (const [mediaType, told] of [
    ["application/pdf", "application/pdf"],
    ["image/png", "image/png"],
    ["image/svg+xml", "text/plain"],
    ["application/json", "text/plain"],
    ["text/x-rust", "text/plain"],
  ] as const) {
    await files.upload(upload({ mediaType, text: mediaType }), signal);
    assert.equal(server.files.at(-1)?.mimeType, told);
  }
});

test("a large file goes in pieces of eight MiB, in order", async (t) => {
  const { server, files } = await stage(t);
  const bytes = new Uint8Array(2 * 8_388_608 + 5).fill(7);
  bytes[8_388_608] = 1;
  const file = await files.upload(upload({ bytes }), signal);
  assert.equal(file.bytes, bytes.length);
  const sent = server.requests
    .slice(1)
    .map(({ headers, raw }) => [
      headers["x-goog-upload-offset"],
      headers["x-goog-upload-command"],
      raw.length,
    ]);
  assert.deepEqual(sent, [
    ["0", "upload", 8_388_608],
    ["8388608", "upload", 8_388_608],
    ["16777216", "upload, finalize", 5],
  ]);
});

test("a file of exactly one piece is sent once", async (t) => {
  const { server, files } = await stage(t);
  await files.upload(upload({ bytes: new Uint8Array(8_388_608) }), signal);
  assert.equal(server.requests.length, 2);
});

test("equal bytes under another tag are the first file, with its name and its end", async (t) => {
  const { server, files } = await stage(t);
  const created = Date.now() - 3_600_000;
  const first = await files.upload(upload(), signal);
  server.plant({ ...server.files[0], created });
  const second = await files.upload(
    upload({ name: `copy.stc-${hash.slice(0, 12)}-abcdef.md`, mediaType: "text/markdown" }),
    signal,
  );
  assert.equal(second.id, first.id);
  assert.equal(second.contentId, hash);
  assert.ok(carriesTag(second.name, hash, "cdef01"));
  assert.equal(second.createdAt, created);
  assert.deepEqual(await files.list(signal), [second]);
});

test("a server that knows the name before it has the bytes is believed, too", async (t) => {
  const { server, files } = await stage(t);
  const first = await files.upload(upload(), signal);
  const error = { code: 409, message: "Requested entity already exists", status: "ALREADY_EXISTS" };
  server.fail({ status: 409, body: { error } });
  assert.deepEqual(await files.upload(upload(), signal), first);
  assert.equal(server.requests.length, 4);
});

test("other bytes under the name are no answer", async (t) => {
  const { server, files } = await stage(t);
  server.plant({ name, bytes: new TextEncoder().encode("region,units\nSouth,1\n") });
  await assert.rejects(files.upload(upload(), signal), {
    code: "response-malformed",
    message: /word that it stored other bytes than those that were sent for sales\.csv/,
  });
  server.plant({ name, bytes: new Uint8Array(3) });
  await assert.rejects(files.upload(upload(), signal), { message: /3 bytes instead of 21/ });
});

const taken = {
  "an upload that was broken off": { isHidden: true },
  "a file of another kind": { mimeType: "application/pdf" },
  "another upload that failed": { displayName: "other.csv", fails: true },
};
for (const [what, file] of Object.entries(taken)) {
  test(`a name that ${what} has taken is left to it`, async (t) => {
    const { server, files } = await stage(t);
    server.plant({ name, bytes: upload().bytes, ...file });
    const stored = await files.upload(upload(), signal);
    assert.equal(stored.id, `${name.slice(0, -9)}-cdef0123`);
    assert.equal(server.requests.length, 5);
    // The same upload again finds it there.
    assert.deepEqual(await files.upload(upload(), signal), stored);
  });
}

test("a file whose both names are taken waits", async (t) => {
  const { server, files } = await stage(t);
  for (const each of [name, `${name.slice(0, -9)}-cdef0123`]) {
    server.plant({ name: each, isHidden: true });
  }
  await assert.rejects(files.upload(upload(), signal), {
    code: "provider-busy",
    message:
      "Google Gemini keeps the place of sales.csv for an upload that was broken off: try again in a moment",
  });
});

test("a file is waited for while it is processed", async (t) => {
  const { server, files } = await stage(t, { looks: 2 });
  const file = await files.upload(upload(), signal);
  assert.equal(server.requests.length, 5);
  assert.deepEqual(await files.list(signal), [file]);
});

test("a file that cannot be processed is refused, and removed", async (t) => {
  const { server, files } = await stage(t, { looks: 1, fails: true });
  await assert.rejects(files.upload(upload(), signal), {
    code: "provider-rejected",
    message: "Google Gemini did not take sales.csv: The file has no pages",
  });
  assert.deepEqual(server.files, []);
});

test("what such an upload has left is removed by its next try", async (t) => {
  const { server, files } = await stage(t);
  server.plant({ name, displayName: upload().name, bytes: upload().bytes, fails: true });
  assert.deepEqual(await files.list(signal), []);
  assert.equal(await files.get(name, signal), undefined);
  await assert.rejects(files.upload(upload(), signal), { code: "provider-rejected" });
  assert.deepEqual(server.files, []);
});

test("a file that is processed for ever is given up, and one that vanishes, too", async (t) => {
  const { server, files } = await stage(t, { looks: 1e9 });
  const busy = {
    code: "provider-busy",
    message: "Google Gemini has not finished processing sales.csv: try again in a moment",
  };
  await assert.rejects(files.upload(upload(), signal), busy);
  assert.deepEqual(await files.list(signal), []);
  server.fail({ status: 403, body: { error: { code: 403, message: "may not exist" } } }, 2);
  await assert.rejects(files.upload(upload({ text: "other" }), signal), busy);
});

test("waiting for a file can be stopped at once", async (t) => {
  const { server } = await stage(t, { looks: 1e9 });
  const slow = { between: 60_000, atMost: 600_000 };
  const { files } = createGemini({ baseUrl: server.url, key, account: "", patience: slow });
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 100);
  const start = performance.now();
  await assert.rejects(files.upload(upload(), controller.signal), isAbort);
  assert.ok(performance.now() - start < 1100);
});

test("a list of several pages is read to its end", async (t) => {
  const { server, files } = await stage(t);
  for (let count = 0; count < 205; count += 1) server.plant({});
  server.plant({ looks: 5 });
  server.plant({ fails: true });
  assert.equal((await files.list(signal)).length, 205);
  assert.deepEqual(
    server.requests.map(({ query }) => [query.get("pageSize"), query.get("pageToken")]),
    [
      ["100", null],
      ["100", "page-100"],
      ["100", "page-200"],
    ],
  );
});

test("a file is gone after two days", async (t) => {
  const { server, files } = await stage(t);
  const { name: id } = server.plant({ created: Date.now() - 48 * 3_600_000 - 1 });
  assert.equal(await files.get(id, signal), undefined);
  await files.delete(id, signal);
});

for (const [what, address] of [
  ["another host", "http://127.0.0.2:1/upload?upload_id=1"],
  ["another port", "http://127.0.0.1:1/upload?upload_id=1"],
  ["a user name", "http://user@SAME/upload?upload_id=1"],
  ["no scheme", "//127.0.0.1:1/upload"],
  ["a script", "javascript:alert(1)"],
] as const) {
  test(`an address to upload to with ${what} is not used`, async (t) => {
    const spy = t.mock.method(globalThis, "fetch");
    const server = await startFaultyServer(t, (response, { headers }) => {
      const url = address.replace("SAME", headers.host ?? "");
      response.writeHead(200, { "x-goog-upload-url": url, "x-goog-upload-status": "active" }).end();
    });
    const { files } = createGemini({ baseUrl: server.url, key, account: "" });
    await assert.rejects(files.upload(upload(), signal), {
      code: "response-malformed",
      message: /sent an address at another server to upload to for sales\.csv/,
    });
    assert.equal(spy.mock.callCount(), 1);
  });
}

test("the hash is read however it is written", () => {
  const digest = createHash("sha256").update(upload().bytes).digest();
  const read = (sha256Hash: unknown): unknown =>
    fileOf({ name, sha256Hash }, { provider: "", baseUrl: "", key: "" }).remote.contentId;
  assert.equal(read(Buffer.from(hash).toString("base64")), hash);
  assert.equal(read(Buffer.from(hash.toUpperCase()).toString("base64")), hash);
  assert.equal(read(digest.toString("base64")), hash);
  assert.equal(read(digest.toString("base64url")), hash);
  for (const noise of ["", "?", "AAAA", 7, null, undefined]) assert.equal(read(noise), undefined);
});
