import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { inspect } from "node:util";
import { OpenAI, toFile } from "openai";
import { purposeOf } from "../../src/core/files/purpose.ts";
import type { ProviderWith } from "../../src/core/ports/provider.ts";
import type { UploadRequest } from "../../src/core/ports/provider-files.ts";
import { createZhipu } from "../../src/providers/zhipu.ts";
import { describeProvider } from "./contract.ts";
import { startZhipuServer, type ZhipuServer } from "./servers/zhipu.ts";

const key = "sk-canary-3f9a7c51e2d84b60";
const signal = new AbortController().signal;

describeProvider("zhipu", async () => {
  const server = await startZhipuServer({ key, pace: 5 });
  return {
    provider: createZhipu({ baseUrl: server.url, key, account: "" }),
    stored: async (id) => server.files.find((file) => file.id === id)?.bytes,
    hang: server.hang,
    sawAbandoned: async () => {
      await sleep(400);
      return server.requests.at(-1)?.finished === false;
    },
    stop: server.stop,
  };
});

describe("the fake of GLM, seen by the official SDK of OpenAI", () => {
  let server: ZhipuServer;
  let client: OpenAI;
  before(async () => {
    server = await startZhipuServer({ key });
    client = new OpenAI({ baseURL: server.url, apiKey: key, maxRetries: 0 });
  });
  after(() => server.stop());

  it("keeps a file, lists and deletes it, but cannot be asked for it", async () => {
    const file = await client.files.create({
      file: await toFile(Buffer.from("a,b"), "a.csv"),
      purpose: "agent" as never,
    });
    assert.deepEqual([file.object, file.bytes, file.filename], ["file", 3, "a.csv"]);
    const listed: string[] = [];
    for await (const each of client.files.list({ purpose: "agent" })) listed.push(each.id);
    assert.deepEqual(listed, [file.id]);
    await assert.rejects(client.files.retrieve(file.id), OpenAI.NotFoundError);
    await assert.rejects(client.files.content(file.id), /cannot be downloaded/);
    assert.equal((await client.files.delete(file.id)).deleted, true);
  });

  it("refuses what the documentation says that it refuses, with a code in a string", async () => {
    const file = await toFile(Buffer.from("a"), "a.txt");
    const code = (wanted: string) => (error: unknown) =>
      error instanceof OpenAI.APIError && error.code === wanted;
    await assert.rejects(client.files.create({ file, purpose: "user_data" }), code("1214"));
    await assert.rejects(async () => client.files.list(), code("1214"));
    await assert.rejects(
      async () => client.files.list({ purpose: "agent", limit: 101 }),
      code("1214"),
    );
    const program = await toFile(Buffer.from("a"), "a.rs");
    await assert.rejects(
      client.files.create({ file: program, purpose: "agent" as never }),
      code("1214"),
    );
    const stranger = new OpenAI({ baseURL: server.url, apiKey: "other", maxRetries: 0 });
    await assert.rejects(async () => stranger.models.list(), code("1000"));
  });

  it("streams an answer, with its usage in the last chunk, though nobody asked", async () => {
    const stream = await client.chat.completions.create({
      model: "glm-5.3",
      messages: [{ role: "user", content: "Capital of France?" }],
      stream: true,
    });
    let text = "";
    let last: OpenAI.ChatCompletionChunk | undefined;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? "";
      last = chunk;
    }
    assert.equal(text, "Paris is the capital of France.");
    assert.equal(last?.choices[0]?.finish_reason, "stop");
    assert.equal(last.usage?.prompt_tokens_details?.cached_tokens, 3);
  });
});

describe("the files of GLM", () => {
  let server: ZhipuServer;
  let provider: ProviderWith<"files" | "chat">;
  before(async () => {
    server = await startZhipuServer({ key });
    provider = createZhipu({ baseUrl: server.url, key, account: "" });
  });
  after(() => server.stop());

  it("sends the form, asks for English, and tells nothing of this machine", async () => {
    process.env["OPENAI_CUSTOM_HEADERS"] = "x-leak: environment\naccept-language: environment";
    try {
      const other = createZhipu({ baseUrl: server.url, key, account: "" });
      await other.files.upload(upload("a.pdf"), signal);
    } finally {
      delete process.env["OPENAI_CUSTOM_HEADERS"];
    }
    const { headers = {} } = server.requests.at(-1) ?? {};
    assert.equal(headers["authorization"], `Bearer ${key}`);
    assert.equal(headers["accept-language"], "en-US,en");
    assert.doesNotMatch(inspect(headers), /environment|stainless|linux/i);
    assert.equal(server.files[0]?.purpose, "agent");
  });

  it("gives texts an ending that GLM reads, behind their own", async () => {
    const log = { ...upload("b.log"), mediaType: "text/plain" };
    const { id, name } = await provider.files.upload(log, signal);
    assert.equal(name, "b.stc-000000000000-cdef01.log.txt");
    await provider.files.delete(id, signal);
  });

  it("reads lists to their end, and finds a file on the last page", async () => {
    const [oldest = assert.fail()] = server.files;
    for (let index = 0; index < 250; index += 1) server.plant({ filename: `${index}.txt` });
    server.plant({ purpose: "batch" });
    const count = server.requests.length;
    assert.equal((await provider.files.list(signal)).length, 251);
    assert.equal(server.requests.length - count, 3);
    const { query } = server.requests[count] ?? assert.fail();
    assert.deepEqual(Object.fromEntries(query), { purpose: "agent", limit: "100" });
    assert.equal((await provider.files.get(oldest.id, signal))?.name, oldest.filename);
    assert.equal(server.requests.length - count, 6);
    assert.equal(await provider.files.get("file-none", signal), undefined);
    assert.ok(
      server.requests.every(({ method, path }) => method !== "GET" || path.endsWith("/files")),
    );
  });

  it("takes other files at Z.ai, and larger ones", () => {
    const at = (baseUrl: string): ProviderWith<"files" | "chat"> =>
      createZhipu({ baseUrl, key, account: "" });
    const chinese = at("https://open.bigmodel.cn/api/paas/v4");
    const international = at("https://api.z.ai/api/paas/v4");
    const elsewhere = at("https://api.z.ai.example.com/api/paas/v4");
    const size = (account: ProviderWith<"files">, type: string): number | undefined =>
      purposeOf(account, type)?.maxBytes;
    assert.equal(size(chinese, "application/pdf"), 20_000_000);
    assert.equal(size(international, "application/pdf"), 100_000_000);
    assert.equal(size(elsewhere, "application/pdf"), 20_000_000);
    assert.equal(size(chinese, "text/csv"), 20_000_000);
    assert.equal(size(international, "text/csv"), undefined);
    assert.equal(size(international, "application/vnd.ms-powerpoint"), 100_000_000);
    assert.equal(size(chinese, "image/png"), undefined);
    assert.equal(international.files.text, undefined);
    assert.equal(international.files.download, undefined);
  });
});

function upload(name: string): UploadRequest {
  return {
    name: name.replace(".", ".stc-000000000000-cdef01."),
    contentId: "0".repeat(64),
    mediaType: "application/pdf",
    bytes: new TextEncoder().encode("%PDF"),
    purpose: "agent",
  };
}
