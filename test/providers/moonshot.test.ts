import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { inspect } from "node:util";
import { OpenAI, toFile } from "openai";
import { carriesTag } from "../../src/core/files/remote-name.ts";
import { purposeOf } from "../../src/core/files/purpose.ts";
import type { ProviderWith } from "../../src/core/ports/provider.ts";
import type { UploadRequest } from "../../src/core/ports/provider-files.ts";
import { createMoonshot } from "../../src/providers/moonshot.ts";
import { describeProvider } from "./contract.ts";
import { startFaultyServer } from "./faulty-server.ts";
import { type MoonshotServer, startMoonshotServer } from "./servers/moonshot.ts";

const key = "sk-canary-3f9a7c51e2d84b60";
const signal = new AbortController().signal;

for (const shape of ["compat", "2026-09-01-beta"] as const) {
  describeProvider(`moonshot (${shape})`, async () => {
    const server = await startMoonshotServer({ key, shape, pace: 5 });
    return {
      provider: createMoonshot({ baseUrl: server.url, key, account: "" }),
      stored: async (id) => server.files.find((file) => file.id === id)?.bytes,
      hang: server.hang,
      sawAbandoned: async () => {
        await sleep(400);
        return server.requests.at(-1)?.finished === false;
      },
      stop: server.stop,
    };
  });
}

describe("the fake of Kimi, seen by the official SDK", () => {
  let server: MoonshotServer;
  let client: OpenAI;
  before(async () => {
    server = await startMoonshotServer({ key, maxFiles: 3 });
    client = new OpenAI({ baseURL: server.url, apiKey: key, maxRetries: 0 });
  });
  after(() => server.stop());

  it("keeps a file, gives back its text, lists and deletes it", async () => {
    const file = await client.files.create({
      file: await toFile(Buffer.from("# Notes"), "notes.md", { type: "text/markdown" }),
      purpose: "file-extract" as never,
    });
    assert.match(file.id, /^file_/);
    assert.deepEqual([file.object, file.bytes, file.filename], ["file", 7, "notes.md"]);
    assert.equal((await client.files.retrieve(file.id)).status, "ready");
    const text = await (await client.files.content(file.id)).text();
    assert.equal((JSON.parse(text) as { content: string }).content, "# Notes");
    const listed: string[] = [];
    for await (const each of client.files.list()) listed.push(each.id);
    assert.deepEqual(listed, [file.id]);
    assert.equal((await client.files.delete(file.id)).deleted, true);
    await assert.rejects(client.files.retrieve(file.id), OpenAI.NotFoundError);
  });

  it("refuses what the documentation says that it refuses", async () => {
    const file = await toFile(Buffer.from("a"), "a.txt");
    await assert.rejects(
      client.files.create({ file, purpose: "user_data" }),
      /Invalid purpose: user_data, only `file-extract`, `batch`, `batch_output`, `lambda`, `image` and `video` accepted/,
    );
    const empty = await toFile(Buffer.from(""), "a.txt");
    await assert.rejects(
      client.files.create({ file: empty, purpose: "file-extract" as never }),
      /File size is zero/,
    );
    const [image] = [
      server.plant({ purpose: "image", filename: "a.png" }),
      server.plant({}),
      server.plant({}),
    ];
    await assert.rejects(client.files.content(image.id), /not available/);
    await assert.rejects(
      client.files.create({ file, purpose: "file-extract" as never }),
      /limit of 3 files/,
    );
    const stranger = new OpenAI({ baseURL: server.url, apiKey: "sk-other", maxRetries: 0 });
    await assert.rejects(stranger.models.list(), OpenAI.AuthenticationError);
  });

  it("streams an answer, with its usage last", async () => {
    const stream = await client.chat.completions.create({
      model: "kimi-k3",
      messages: [{ role: "user", content: "Capital of France?" }],
      stream: true,
      stream_options: { include_usage: true },
    });
    let text = "";
    let usage: unknown;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? "";
      usage = chunk.usage ?? usage;
    }
    assert.equal(text, "Paris is the capital of France.");
    assert.equal((usage as { cached_tokens: number }).cached_tokens, 0);
  });
});

describe("the files of Kimi", () => {
  let server: MoonshotServer;
  let provider: ProviderWith<"files" | "chat">;
  before(async () => {
    server = await startMoonshotServer({ key });
    provider = createMoonshot({ baseUrl: server.url, key, account: "0123456789abcdef" });
  });
  after(() => server.stop());

  it("sends the form and the few headers that are needed, and no version", async () => {
    process.env["OPENAI_CUSTOM_HEADERS"] = "x-leak: environment\nkimi-api-version: 2026-09-01-beta";
    try {
      const other = createMoonshot({ baseUrl: server.url, key, account: "" });
      await other.files.upload({ ...upload("a.md"), lifetime: 3_600_000 }, signal);
    } finally {
      delete process.env["OPENAI_CUSTOM_HEADERS"];
    }
    const { headers = {} } = server.requests.at(-1) ?? {};
    assert.equal(headers["authorization"], `Bearer ${key}`);
    assert.equal(headers["kimi-api-version"], undefined);
    assert.doesNotMatch(inspect(headers), /environment|stainless|linux/i);
    const [held] = server.files;
    assert.equal(held?.purpose, "file-extract");
    assert.equal(held?.mediaType, "text/markdown");
  });

  it("survives that a name is taken", async () => {
    const first = await provider.files.upload(upload("b.md"), signal);
    const second = await provider.files.upload(upload("b.md"), signal);
    assert.notEqual(second.id, first.id);
    assert.match(second.name, /^b\.stc-0{12}-cdef01 \(1\)\.md$/);
    assert.ok(carriesTag(second.name, "0".repeat(64), "cdef0100"));
  });

  it("gives texts an ending that Kimi reads, behind their own", async () => {
    const cases = { "c.mdx": "c.stc-000000000000-cdef01.mdx.txt", LICENSE: "LICENSE.txt" };
    for (const [name, expected] of Object.entries(cases)) {
      assert.equal((await provider.files.upload(upload(name), signal)).name, expected);
    }
  });

  it("shows the files of the whole organisation, but none of other purposes, and asks for no page", async () => {
    const colleague = server.plant({ id: "cn0old0id0without0prefix", filename: "theirs.pdf" });
    const batch = server.plant({ purpose: "batch" });
    const image = server.plant({ purpose: "image", filename: "i.png" });
    const listed = new Set((await provider.files.list(signal)).map(({ id }) => id));
    assert.ok(listed.has(colleague.id) && listed.has(image.id));
    assert.ok(!listed.has(batch.id));
    assert.deepEqual([...(server.requests.at(-1)?.query.keys() ?? [])], []);
    assert.equal((await provider.files.get(colleague.id, signal))?.name, "theirs.pdf");
  });

  it("has text of documents, and says which files have none", async () => {
    const document = server.plant({ bytes: new TextEncoder().encode('# 報告\n{"content":1}') });
    assert.equal(await provider.files.text?.(document.id, signal), '# 報告\n{"content":1}');
    const broken = server.plant({ status: "error" });
    const image = server.plant({ purpose: "image" });
    for (const { id } of [broken, image]) {
      await assert.rejects(async () => provider.files.text?.(id, signal), {
        code: "provider-rejected",
        message: `Moonshot Kimi has no text of this file (The content of file ${id} is not available): only documents and texts that it could read have one, so upload the file in another format`,
      });
    }
    await assert.rejects(async () => provider.files.text?.("file_none", signal), {
      code: "provider-file-gone",
    });
    await assert.rejects(
      async () => provider.files.text?.(document.id, AbortSignal.abort()),
      /aborted/,
    );
  });

  it("uploads each kind of file for what Kimi does with it", () => {
    const cases = {
      "application/pdf": ["file-extract", "text"],
      "text/csv": ["file-extract", "text"],
      "text/x-python": ["file-extract", "text"],
      "image/png": ["image", "reference"],
      "video/mp4": ["video", "reference"],
      "application/zip": [undefined, undefined],
    } as const;
    for (const [mediaType, expected] of Object.entries(cases)) {
      const purpose = purposeOf(provider, mediaType);
      assert.deepEqual([purpose?.name, purpose?.chatUse], expected, mediaType);
    }
  });
});

describe("texts as the documentation promises them", () => {
  const bodies: readonly (readonly [what: string, body: string, text: string])[] = [
    [
      "wrapped",
      '{"content":"a","file_type":"text/plain","filename":"a.txt","title":"","type":"file"}',
      "a",
    ],
    ["wrapped and empty", '{"content":"","filename":"a.txt","type":"file"}', ""],
    ["plain", "plain text\n", "plain text\n"],
    ["plain, and JSON of its own", '{"content":"of the file"}', '{"content":"of the file"}'],
    ["empty", "", ""],
  ];
  for (const [what, body, text] of bodies) {
    it(what, async (test) => {
      const server = await startFaultyServer(test, (response) => {
        response.writeHead(200, { "content-type": "text/plain; charset=utf-8" }).end(body);
      });
      const { files } = createMoonshot({ baseUrl: server.url, key, account: "" });
      assert.equal(await files.text?.("file_a", signal), text);
    });
  }
});

describe("a list of several pages", () => {
  it("is read to its end", async (test) => {
    const item = (id: string): object => ({ id, filename: "a", size_bytes: 1, purpose: "image" });
    const server = await startFaultyServer(test, (response, { url }) => {
      const token = new URL(url ?? "", "http://x").searchParams.get("page_token");
      const page =
        token === null
          ? { items: [item("file_1")], next_page_token: "two" }
          : { items: [item("file_2")], next_page_token: "" };
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(page));
    });
    const { files } = createMoonshot({ baseUrl: server.url, key, account: "" });
    assert.deepEqual(
      (await files.list(signal)).map(({ id }) => id),
      ["file_1", "file_2"],
    );
  });
});

function upload(name: string): UploadRequest {
  return {
    name: name.replace(".", ".stc-000000000000-cdef01."),
    contentId: "0".repeat(64),
    mediaType: "text/markdown",
    bytes: new TextEncoder().encode("# A"),
    purpose: "file-extract",
  };
}
