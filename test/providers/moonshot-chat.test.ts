import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { ProviderWith } from "../../src/core/ports/provider.ts";
import type { ChatEvent, ChatFile, ChatRequest } from "../../src/core/ports/provider-chat.ts";
import { moonshotModel, moonshotModels } from "../../src/providers/models-moonshot.ts";
import { createMoonshot } from "../../src/providers/moonshot.ts";
import { type MoonshotServer, startMoonshotServer } from "./servers/moonshot.ts";

const key = "sk-canary-3f9a7c51e2d84b60";
const signal = new AbortController().signal;
const question: ChatRequest = {
  model: "kimi-k3",
  messages: [
    { role: "system", content: "Text of a.pdf" },
    { role: "user", content: "Capital of France?" },
  ],
};

describe("a chat with Kimi", () => {
  let server: MoonshotServer;
  let provider: ProviderWith<"files" | "chat">;
  before(async () => {
    server = await startMoonshotServer({ key });
    provider = createMoonshot({ baseUrl: server.url, key, account: "" });
  });
  after(() => server.stop());
  const sent = (): unknown => server.requests.at(-1)?.body;

  it("sends what was asked, how long the answer may be, and no word about sampling", async () => {
    await read(provider.chat.chat({ ...question, cacheKey: "session-1" }, signal));
    assert.deepEqual(sent(), {
      model: "kimi-k3",
      messages: question.messages,
      prompt_cache_key: "session-1",
      max_completion_tokens: 131_072,
      stream: true,
      stream_options: { include_usage: true },
    });
    await read(provider.chat.chat({ ...question, model: "kimi-k9-mini" }, signal));
    assert.deepEqual(sent(), {
      model: "kimi-k9-mini",
      messages: question.messages,
      max_completion_tokens: 16_384,
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  it("puts the text of files into system messages, and the conversation into none", async () => {
    const messages = [
      { role: "system", content: "Preamble" },
      { role: "user", content: "Text of a.pdf" },
      { role: "user", content: "Capital of France?" },
    ] as const;
    await read(provider.chat.chat({ ...question, messages, materialMessages: [1] }, signal));
    const { messages: arrived } = sent() as ChatRequest;
    assert.deepEqual(
      arrived.map(({ role }) => role),
      ["system", "system", "user"],
    );
  });

  it("counts the cached tokens that Kimi counts itself", async () => {
    const events = await read(provider.chat.chat({ ...question, cacheKey: "session-1" }, signal));
    const usage = events.at(-1);
    assert.ok(usage?.kind === "usage");
    assert.deepEqual({ ...usage.usage, input: 0 }, { input: 0, cached: 256, output: 12 });
    assert.doesNotMatch(JSON.stringify(events), /The user wants/);
  });

  it("shows images and videos by their id, and as bytes", async () => {
    const image = server.plant({ purpose: "image", filename: "a.png" });
    const video = server.plant({ purpose: "video", filename: "a.mp4" });
    const bytes = new Uint8Array([1, 2, 3]);
    const files: readonly ChatFile[] = [
      { name: "a.png", mediaType: "image/png", source: { kind: "reference", id: image.id } },
      { name: "a.mp4", mediaType: "video/mp4", source: { kind: "reference", id: video.id } },
      { name: "b.png", mediaType: "image/png", source: { kind: "bytes", bytes } },
    ];
    const messages = [{ role: "user", content: "What is this?", files }] as const;
    await read(provider.chat.chat({ ...question, messages }, signal));
    assert.deepEqual((sent() as { messages: readonly unknown[] }).messages, [
      {
        role: "user",
        content: [
          { type: "image_url", image_url: { url: `ms://${image.id}` } },
          { type: "video_url", video_url: { url: `ms://${video.id}` } },
          { type: "image_url", image_url: { url: "data:image/png;base64,AQID" } },
          { type: "text", text: "What is this?" },
        ],
      },
    ]);
    await provider.chat.countTokens?.({ ...question, messages }, signal);
    const alone = [{ role: "user", content: "", files: files.slice(0, 1) }] as const;
    await read(provider.chat.chat({ ...question, messages: alone }, signal));
  });

  it("refuses to show a document, before anything is sent", async () => {
    const sources = [
      { kind: "reference", id: "file_1" },
      { kind: "bytes", bytes: new Uint8Array([1]) },
    ] as const;
    const count = server.requests.length;
    for (const source of sources) {
      const files = [{ name: "a.pdf", mediaType: "application/pdf", source }];
      const messages = [{ role: "user", content: "Sum it up", files }] as const;
      const refusal = {
        code: "provider-rejected",
        message:
          "Moonshot Kimi cannot be shown a.pdf itself, so there is no answer: add its text to the question instead",
      };
      await assert.rejects(read(provider.chat.chat({ ...question, messages }, signal)), refusal);
      await assert.rejects(
        async () => provider.chat.countTokens?.({ ...question, messages }, signal),
        refusal,
      );
    }
    assert.equal(server.requests.length, count);
  });

  it("says which image is gone", async () => {
    const source = { kind: "reference", id: "file_none" } as const;
    const files = [{ name: "a.png", mediaType: "image/png", source }];
    const messages = [{ role: "user", content: "What is this?", files }] as const;
    await assert.rejects(read(provider.chat.chat({ ...question, messages }, signal)), {
      code: "provider-file-gone",
      message: "Moonshot Kimi no longer has a.png, so there is no answer: upload it again",
    });
  });

  it("goes on after tool calls whose thoughts nobody kept", async () => {
    const messages = [
      { role: "user", content: "Read a.md" },
      {
        role: "assistant",
        content: "",
        toolCalls: [{ id: "call_1", name: "read_file", input: "{}" }],
      },
      { role: "tool", toolCallId: "call_1", content: "# A" },
    ] as const;
    await read(provider.chat.chat({ ...question, messages }, signal));
    const [, call] = (sent() as { messages: readonly object[] }).messages;
    assert.deepEqual(call, {
      role: "assistant",
      content: null,
      tool_calls: [
        { id: "call_1", type: "function", function: { name: "read_file", arguments: "{}" } },
      ],
      reasoning_content: ".",
    });
  });

  it("offers tools without holding their schemas to Kimi's rules, and forces only models that can be forced", async () => {
    const tools = [{ name: "list_files", description: "Lists" }];
    const parameters = { type: "object", properties: {} };
    await read(provider.chat.chat({ ...question, tools, mustCallTool: true }, signal));
    const forced = sent() as Record<string, unknown>;
    assert.equal(forced["tool_choice"], "required");
    assert.deepEqual(forced["tools"], [
      {
        type: "function",
        function: { name: "list_files", description: "Lists", parameters, strict: false },
      },
    ]);
    const older = { ...question, model: "kimi-k2.6", tools, mustCallTool: true };
    await read(provider.chat.chat(older, signal));
    const asked = sent() as Record<string, unknown>;
    assert.equal(asked["tool_choice"], undefined);
    assert.deepEqual((asked["messages"] as readonly object[]).at(-1), {
      role: "system",
      content: "Begin your answer with a call of one of the tools.",
    });
  });

  it("counts tokens of messages alone", async () => {
    const tools = [{ name: "list_files", description: "Lists" }];
    const tokens = await provider.chat.countTokens?.({ ...question, tools }, signal);
    assert.ok(Number(tokens) > 5);
    assert.deepEqual(sent(), { model: "kimi-k3", messages: question.messages });
  });

  it("offers the models of the account, and believes what the server says of them", async () => {
    const models = await provider.chat.models(signal);
    assert.deepEqual(
      models.map(({ id, maxInputTokens, maxOutputTokens, guessed, takes }) => [
        id,
        maxInputTokens,
        maxOutputTokens,
        guessed,
        takes?.includes("image/png"),
        takes?.includes("video/*"),
      ]),
      [
        ["kimi-k3", 917_504, 131_072, false, true, true],
        ["kimi-k2.6", 229_376, 32_768, false, true, true],
        ["kimi-k9-mini", 49_152, 16_384, true, false, false],
      ],
    );
    assert.deepEqual(models[0]?.prices, { input: 3, cached: 0.3, output: 15 });
  });
});

describe("the rows of Kimi's models", () => {
  const listed = { window: undefined, takesImages: undefined, takesVideos: undefined };

  it("have sources, and limits that fit into their windows", () => {
    for (const row of moonshotModels) {
      assert.match(row.source, /^https:\/\/\S+$/, row.id);
      assert.match(row.date, /^20\d\d-\d\d-\d\d$/, row.id);
      assert.equal(row.maxInputTokens + row.maxOutputTokens, row.window, row.id);
      assert.ok((row.prices?.cached ?? 0) < (row.prices?.input ?? 1), row.id);
    }
    assert.equal(new Set(moonshotModels.map(({ id }) => id)).size, moonshotModels.length);
  });

  it("tell prices in dollars only where accounts are billed in dollars", () => {
    const model = { ...listed, id: "kimi-k3" };
    assert.ok(moonshotModel(model, "https://api.moonshot.ai/v1").prices);
    assert.equal(moonshotModel(model, "https://api.moonshot.cn/v1").prices, undefined);
  });

  it("yield to what the server says, and are guessed where nobody knows", () => {
    const smaller = { ...listed, id: "kimi-k3", window: 262_144, takesImages: false };
    const model = moonshotModel(smaller, "https://api.moonshot.ai/v1");
    assert.deepEqual([model.maxInputTokens, model.maxOutputTokens], [196_608, 65_536]);
    assert.deepEqual(model.takes, []);
    const unknown = moonshotModel({ ...listed, id: "kimi-k10" }, "https://api.moonshot.ai/v1");
    assert.deepEqual([unknown.maxInputTokens, unknown.guessed], [32_768, true]);
  });
});

async function read(events: AsyncIterable<ChatEvent>): Promise<readonly ChatEvent[]> {
  const all: ChatEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}
