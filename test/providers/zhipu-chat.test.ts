import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { ProviderWith } from "../../src/core/ports/provider.ts";
import type { ChatEvent, ChatFile, ChatRequest } from "../../src/core/ports/provider-chat.ts";
import { offeredByZhipu, zhipuModels } from "../../src/providers/models-zhipu.ts";
import { createZhipu } from "../../src/providers/zhipu.ts";
import { startZhipuServer, type ZhipuServer } from "./servers/zhipu.ts";

const key = "sk-canary-3f9a7c51e2d84b60";
const signal = new AbortController().signal;
const question: ChatRequest = {
  model: "glm-5.3",
  messages: [{ role: "user", content: "Capital of France?" }],
};
const bytes = new Uint8Array([1, 2, 3]);
const image: ChatFile = {
  name: "a.png",
  mediaType: "image/png",
  source: { kind: "bytes", bytes },
};
const inline: ChatFile = {
  name: "b.pdf",
  mediaType: "application/pdf",
  source: { kind: "bytes", bytes },
};

describe("a chat with GLM", () => {
  let server: ZhipuServer;
  let provider: ProviderWith<"files" | "chat">;
  before(async () => {
    server = await startZhipuServer({ key });
    provider = createZhipu({ baseUrl: server.url, key, account: "" });
  });
  after(() => server.stop());
  const sent = (): unknown => server.requests.at(-1)?.body;
  const show = (model: string, files: readonly ChatFile[]): Promise<readonly ChatEvent[]> =>
    read(
      provider.chat.chat({ model, messages: [{ role: "user", content: "Look", files }] }, signal),
    );

  it("sends what was asked, and no word about sampling, usage or caches", async () => {
    const events = await read(provider.chat.chat({ ...question, cacheKey: "session" }, signal));
    assert.deepEqual(sent(), { model: "glm-5.3", messages: question.messages, stream: true });
    const last = events.at(-1);
    assert.ok(last?.kind === "usage");
    assert.deepEqual({ ...last.usage, input: 0 }, { input: 0, cached: 3, output: 12 });
    assert.doesNotMatch(JSON.stringify(events), /The user wants/);
  });

  it("shows uploads by their id to GLM-5.3-Flash, and other files as bytes", async () => {
    const { id } = server.plant({ filename: "a.pdf" });
    const upload: ChatFile = {
      name: "a.pdf",
      mediaType: "application/pdf",
      source: { kind: "reference", id },
    };
    await show("glm-5.3-flash", [upload, inline]);
    assert.deepEqual((sent() as { messages: readonly unknown[] }).messages, [
      {
        role: "user",
        content: [
          { type: "file", file: { file_id: id } },
          {
            type: "file",
            file: { filename: "b.pdf", file_data: "data:application/pdf;base64,AQID" },
          },
          { type: "text", text: "Look" },
        ],
      },
    ]);
    await show("glm-5v-turbo", [image]);
    assert.deepEqual((sent() as { messages: readonly unknown[] }).messages, [
      {
        role: "user",
        content: [
          { type: "image_url", image_url: { url: "data:image/png;base64,AQID" } },
          { type: "text", text: "Look" },
        ],
      },
    ]);
  });

  const reference = (mediaType: string): ChatFile => ({
    name: "a.bin",
    mediaType,
    source: { kind: "reference", id: "file-1" },
  });
  const refused: readonly (readonly [string, string, readonly ChatFile[], RegExp])[] = [
    [
      "a document to a text model",
      "glm-5.3",
      [inline],
      /^Zhipu GLM cannot show b\.pdf to GLM-5\.3, so there is no answer: add its text .* or choose GLM-5\.3-Flash/,
    ],
    ["a table by its id", "glm-5.3-flash", [reference("text/csv")], /cannot show a\.bin/],
    ["a document to a model for images", "glm-5v-turbo", [inline], /cannot show b\.pdf/],
    [
      "images and documents at once",
      "glm-5.3-flash",
      [image, inline],
      /^Zhipu GLM takes images and other files only in separate requests/,
    ],
    [
      "an upload of an image to a model that nobody knows",
      "glm-9",
      [reference("image/png")],
      /^Zhipu GLM cannot be shown a\.bin itself/,
    ],
    ["a film to a model that nobody knows", "glm-9", [reference("video/mp4")], /cannot be shown/],
  ];
  for (const [what, model, files, says] of refused) {
    it(`refuses to show ${what}, before anything is sent`, async () => {
      const count = server.requests.length;
      await assert.rejects(show(model, files), (error: Error & { code?: string }) => {
        assert.equal(error.code, "provider-rejected");
        assert.match(error.message, says);
        return true;
      });
      assert.equal(server.requests.length, count);
    });
  }

  it("says which upload is gone", async () => {
    await assert.rejects(show("glm-5.3-flash", [{ ...reference("application/pdf") }]), {
      code: "provider-file-gone",
      message: "Zhipu GLM no longer has a.bin, so there is no answer: upload it again",
    });
  });

  it("says that there is no such model", async () => {
    await assert.rejects(read(provider.chat.chat({ ...question, model: "glm-9" }, signal)), {
      code: "provider-rejected",
      message: 'Zhipu GLM has no model "glm-9" for this account: choose another model',
    });
  });

  it("offers tools, each with a schema", async () => {
    const tools = [{ name: "list_files", description: "Lists" }];
    await read(provider.chat.chat({ ...question, tools, mustCallTool: true }, signal));
    const parameters = { type: "object", properties: {} };
    assert.deepEqual(sent(), {
      model: "glm-5.3",
      messages: question.messages,
      tools: [
        { type: "function", function: { name: "list_files", description: "Lists", parameters } },
      ],
      tool_choice: "required",
      stream: true,
    });
  });

  it("counts tokens of messages", async () => {
    assert.ok(Number(await provider.chat.countTokens?.(question, signal)) > 5);
    assert.deepEqual(sent(), question);
  });

  it("offers models from its table, without a request, but not without a key", async () => {
    const count = server.requests.length;
    const models = await provider.chat.models(signal);
    assert.ok(models.some(({ id }) => id === "glm-5.3-flash"));
    assert.equal(server.requests.length, count);
    const keyless = createZhipu({ baseUrl: "https://api.z.ai/api/paas/v4", account: "" });
    await assert.rejects(keyless.chat.models(signal), { code: "key-missing" });
  });
});

describe("the rows of GLM's models", () => {
  it("have sources, and limits that fit into their windows", () => {
    for (const row of zhipuModels) {
      assert.match(row.source, /^https:\/\/\S+$/, row.id);
      assert.match(row.date, /^20\d\d-\d\d-\d\d$/, row.id);
      assert.equal(row.maxInputTokens + row.maxOutputTokens, row.window, row.id);
      assert.ok((row.prices?.cached ?? -1) < (row.prices?.input ?? 0), row.id);
    }
    assert.equal(new Set(zhipuModels.map(({ id }) => id)).size, zhipuModels.length);
  });

  it("tell prices in dollars only where accounts are billed in dollars", () => {
    const priced = (baseUrl: string): number =>
      offeredByZhipu(baseUrl).filter(({ prices }) => prices !== undefined).length;
    assert.equal(priced("https://api.z.ai/api/paas/v4"), zhipuModels.length);
    assert.equal(priced("https://open.bigmodel.cn/api/paas/v4"), 0);
  });

  it("say which models take which files", () => {
    const takes = (id: string): readonly string[] | undefined =>
      offeredByZhipu("").find((model) => model.id === id)?.takes;
    assert.deepEqual(takes("glm-5.3"), []);
    assert.ok(takes("glm-5.3-flash")?.includes("application/pdf"));
    assert.ok(!takes("glm-5v-turbo")?.includes("application/pdf"));
  });
});

async function read(events: AsyncIterable<ChatEvent>): Promise<readonly ChatEvent[]> {
  const all: ChatEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}
