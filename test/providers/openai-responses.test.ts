import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { ProviderWith } from "../../src/core/ports/provider.ts";
import type { ChatEvent, ChatFile, ChatRequest } from "../../src/core/ports/provider-chat.ts";
import { type DemoServer, startDemoServer } from "../demo/server.ts";
import { describeProvider } from "./contract.ts";
import { openAiAt, read } from "./openai-own.ts";

const signal = new AbortController().signal;
const model = "gpt-5.5";
const models = [model, "gpt-4o-search-preview"];

describeProvider("openai at its own address", async () => {
  const server = await startDemoServer({ pace: 5, models });
  return {
    provider: openAiAt(server.url),
    stored: async (id) => server.files.find((file) => file.id === id)?.bytes,
    hang: () => server.fail("hang"),
    sawAbandoned: async () => {
      await sleep(400);
      return server.requests.at(-1)?.finished === false;
    },
    stop: () => server.stop(),
  };
});

describe("a question to OpenAI itself", () => {
  let server: DemoServer;
  let provider: ProviderWith<"files" | "chat">;
  before(async () => {
    server = await startDemoServer({ models });
    provider = openAiAt(server.url);
  });
  after(() => server.stop());
  const body = (): Record<string, unknown> =>
    server.requests.at(-1)?.body as Record<string, unknown>;

  it("goes through the Responses API, which remembers nothing of it", async () => {
    await read(
      provider.chat.chat(
        {
          model,
          cacheKey: "session ".repeat(10),
          messages: [
            { role: "system", content: "Be brief." },
            { role: "user", content: "Read a.md" },
            {
              role: "assistant",
              content: "Let me look.",
              toolCalls: [{ id: "call_1", name: "read_file", input: '{"name":"a.md"}' }],
            },
            { role: "tool", toolCallId: "call_1", content: "# A" },
            { role: "assistant", content: "", toolCalls: [{ id: "c2", name: "list", input: "" }] },
            { role: "tool", toolCallId: "c2", content: "" },
          ],
        },
        signal,
      ),
    );
    assert.equal(server.requests.at(-1)?.path, "/v1/responses");
    assert.deepEqual(body(), {
      model,
      input: [
        { role: "developer", content: "Be brief." },
        { role: "user", content: "Read a.md" },
        { role: "assistant", content: "Let me look." },
        {
          type: "function_call",
          call_id: "call_1",
          name: "read_file",
          arguments: '{"name":"a.md"}',
        },
        { type: "function_call_output", call_id: "call_1", output: "# A" },
        { type: "function_call", call_id: "c2", name: "list", arguments: "{}" },
        { type: "function_call_output", call_id: "c2", output: "" },
      ],
      prompt_cache_key: "session ".repeat(8),
      store: false,
      stream: true,
    });
  });

  it("has its tools, and their calls come back", async () => {
    const request: ChatRequest = {
      model,
      messages: [{ role: "user", content: "Which files are there?" }],
      tools: [
        { name: "list_files", description: "Lists" },
        { name: "read_file", description: "Reads", inputSchema: { type: "object", required: [] } },
      ],
      mustCallTool: true,
    };
    const events = await read(provider.chat.chat(request, signal));
    const [call, usage] = events;
    assert.ok(call?.kind === "tool-call" && usage?.kind === "usage" && events.length === 2);
    assert.match(call.call.id, /^call_/);
    assert.deepEqual([call.call.name, call.call.input], ["list_files", "{}"]);
    assert.equal(body()["tool_choice"], "required");
    assert.deepEqual(body()["tools"], [
      {
        type: "function",
        name: "list_files",
        description: "Lists",
        parameters: { type: "object", properties: {} },
        strict: false,
      },
      {
        type: "function",
        name: "read_file",
        description: "Reads",
        parameters: { type: "object", required: [] },
        strict: false,
      },
    ]);
  });

  it("shows files by their ids and as they stand, before the text", async () => {
    const bytes = new TextEncoder().encode("export {};\n");
    const { id } = await provider.files.upload(
      {
        name: "pipeline.stc-0123456789ab-cdef01.ts",
        contentId: "0".repeat(64),
        mediaType: "text/typescript",
        bytes,
        purpose: "user_data",
      },
      signal,
    );
    const files: readonly ChatFile[] = [
      { name: "pipeline.ts", mediaType: "text/typescript", source: { kind: "reference", id } },
      { name: "lib.rs", mediaType: "text/x-rust", source: { kind: "bytes", bytes } },
      { name: "report.pdf", mediaType: "application/pdf", source: { kind: "bytes", bytes } },
      { name: "plot.png", mediaType: "image/png", source: { kind: "bytes", bytes } },
    ];
    const messages = [{ role: "user", content: "What is this?", files }] as const;
    const events = await read(provider.chat.chat({ model, messages }, signal));
    const data = "ZXhwb3J0IHt9Owo=";
    assert.deepEqual(body()["input"], [
      {
        role: "user",
        content: [
          { type: "input_file", file_id: id },
          {
            type: "input_file",
            filename: "lib.rs.txt",
            file_data: `data:text/plain;base64,${data}`,
          },
          {
            type: "input_file",
            filename: "report.pdf",
            file_data: `data:application/pdf;base64,${data}`,
          },
          {
            type: "input_image",
            detail: "auto",
            image_url: `data:image/png;base64,${data}`,
          },
          { type: "input_text", text: "What is this?" },
        ],
      },
    ]);
    const text = textOf(events);
    assert.match(text, /\*\*pipeline\.stc-0123456789ab-cdef01\.ts\.txt\*\* · text\/plain · 11 B/);
    const tokens = await provider.chat.countTokens?.({ model, messages }, signal);
    assert.ok(Number(tokens) > 50);
    assert.deepEqual(Object.keys(body()), ["model", "input"]);
  });

  it("with a file that is gone says which one to upload again", async () => {
    const source = { kind: "reference", id: "file-gone1" } as const;
    const files = [{ name: "report.pdf", mediaType: "application/pdf", source }];
    const messages = [{ role: "user", content: "Summarise", files }] as const;
    const expected = {
      code: "provider-file-gone",
      message: "OpenAI no longer has report.pdf, so there is no answer: upload it again",
    };
    await assert.rejects(read(provider.chat.chat({ model, messages }, signal)), expected);
    await assert.rejects(async () => provider.chat.countTokens?.({ model, messages }, signal), {
      code: "provider-file-gone",
    });
  });

  it("without any file does not take a missing model for a missing file", async () => {
    const messages = [{ role: "user", content: "Hi" }] as const;
    await assert.rejects(read(provider.chat.chat({ model: "gpt-0", messages }, signal)), {
      code: "provider-rejected",
      message: 'OpenAI has no model "gpt-0" for this account: choose another model',
    });
  });
});

function textOf(events: readonly ChatEvent[]): string {
  return events.map((event) => (event.kind === "text" ? event.text : "")).join("");
}
