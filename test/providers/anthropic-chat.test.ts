import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChatFile, ChatRequest } from "../../src/core/ports/provider-chat.ts";
import { chatBody, promptOf } from "../../src/providers/anthropic-chat.ts";
import { anthropicModels } from "../../src/providers/models-anthropic.ts";

const model = "claude-sonnet-5-5";
const mark = { cache_control: { type: "ephemeral" } };
const tools = [
  { name: "read_file", description: "Reads a file", inputSchema: { type: "object" } },
  { name: "list_files", description: "Lists" },
];
const calls: ChatRequest = {
  model,
  messages: [
    { role: "system", content: "Be brief." },
    { role: "user", content: "Read a.md and b.md" },
    {
      role: "assistant",
      content: "Let me look.",
      toolCalls: [
        { id: "call:1", name: "read_file", input: '{"name":"a.md"}' },
        { id: "call_2", name: "read_file", input: "no JSON" },
        { id: "call_3", name: "list_files", input: "" },
      ],
    },
    { role: "tool", toolCallId: "call:1", content: "# A" },
    { role: "tool", toolCallId: "call_2", content: "" },
    { role: "tool", toolCallId: "call_3", content: "a.md" },
    { role: "user", content: "Well?" },
  ],
  tools,
};

test("messages and tools are written in the words of the Messages API", () => {
  assert.deepEqual(chatBody(calls), {
    model,
    max_tokens: 128_000,
    stream: true,
    system: [{ type: "text", text: "Be brief." }],
    messages: [
      { role: "user", content: [{ type: "text", text: "Read a.md and b.md" }] },
      {
        role: "assistant",
        content: [
          { type: "text", text: "Let me look." },
          { type: "tool_use", id: "call_1", name: "read_file", input: { name: "a.md" } },
          { type: "tool_use", id: "call_2", name: "read_file", input: { INVALID_JSON: "no JSON" } },
          { type: "tool_use", id: "call_3", name: "list_files", input: {} },
        ],
      },
      {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: "call_1", content: "# A" },
          { type: "tool_result", tool_use_id: "call_2", content: "" },
          { type: "tool_result", tool_use_id: "call_3", content: "a.md" },
          { type: "text", text: "Well?" },
        ],
      },
    ],
    tools: [
      { name: "read_file", description: "Reads a file", input_schema: { type: "object" } },
      { name: "list_files", description: "Lists", input_schema: { type: "object" } },
    ],
  });
});

test("neighbours of one role are one turn, and what is blank is left out", () => {
  const {
    messages,
    system,
    tools: none,
  } = promptOf({
    model,
    messages: [
      { role: "system", content: "\n" },
      { role: "user", content: "One" },
      { role: "user", content: "  " },
      { role: "user", content: "two" },
      { role: "assistant", content: "" },
      { role: "user", content: "three" },
    ],
    mustCallTool: true,
  });
  const texts = ["One", "two", "three"].map((text) => ({ type: "text", text }));
  assert.deepEqual(messages, [{ role: "user", content: texts }]);
  assert.equal(system, undefined);
  assert.equal(none, undefined);
});

test("a tool is forced where the model lets itself be forced, and asked for where not", () => {
  const messages = [{ role: "user", content: "Hi" }] as const;
  const forced = promptOf({ model, messages, tools, mustCallTool: true });
  assert.deepEqual(forced.tool_choice, { type: "any" });
  const asked = promptOf({ model: "claude-opus-5-5", messages, tools, mustCallTool: true });
  assert.equal(asked.tool_choice, undefined);
  assert.deepEqual(asked.messages[0]?.content, [
    { type: "text", text: "Hi" },
    { type: "text", text: "Begin your answer with a call of one of the tools." },
  ]);
});

test("an answer may be as long as its model can write", () => {
  const longest = (id: string): number =>
    chatBody({ model: id, messages: [{ role: "user", content: "Hi" }] }).max_tokens;
  assert.equal(longest("claude-opus-5-5"), 128_000);
  assert.equal(longest("claude-haiku-4-5-20251001"), 64_000);
  assert.equal(longest("claude-brand-new-7"), 32_000);
  assert.equal(longest("qwen3:8b"), 4_096);
});

test("what stays is marked at its end, instructions apart", () => {
  const messages = [
    { role: "system", content: "A" },
    { role: "system", content: "B" },
    { role: "user", content: "file" },
    { role: "assistant", content: "answer" },
    { role: "user", content: "question" },
  ] as const;
  const marked = (stableMessages?: number): readonly string[] => {
    const { system = [], messages: turns } = promptOf({ model, messages, stableMessages });
    const blocks = [system, ...turns.map(({ content }) => content)].flat();
    return blocks.flatMap((block) =>
      typeof block === "object" && "text" in block && "cache_control" in block ? [block.text] : [],
    );
  };
  assert.deepEqual(marked(), []);
  assert.deepEqual(marked(0), []);
  assert.deepEqual(marked(1), ["A"]);
  assert.deepEqual(marked(2), ["B"]);
  assert.deepEqual(marked(3), ["B", "file"]);
  assert.deepEqual(marked(4), ["B", "answer"]);
  assert.deepEqual(marked(9), ["B", "question"]);
});

test("files stand before the text of their message, as what they are", () => {
  const bytes = new TextEncoder().encode("%PDF-1.7");
  const files: readonly ChatFile[] = [
    { name: "a.pdf", mediaType: "application/pdf", source: { kind: "bytes", bytes } },
    { name: "b.png", mediaType: "image/png", source: { kind: "bytes", bytes } },
    { name: "c.csv", mediaType: "text/csv", source: { kind: "reference", id: "file_c" } },
    { name: "d.gif", mediaType: "image/gif", source: { kind: "reference", id: "file_d" } },
    { name: "e.md", mediaType: "text/markdown", source: { kind: "bytes", bytes } },
  ];
  const messages = [{ role: "user", content: "Compare", files }] as const;
  const prompt = promptOf({ model, messages, stableMessages: 1 });
  const data = "JVBERi0xLjc=";
  const pdf = { type: "base64", media_type: "application/pdf", data };
  const text = { type: "text", media_type: "text/plain", data: "%PDF-1.7" };
  assert.deepEqual(prompt.messages[0]?.content, [
    { type: "document", source: pdf, title: "a.pdf" },
    { type: "image", source: { type: "base64", media_type: "image/png", data } },
    { type: "document", source: { type: "file", file_id: "file_c" }, title: "c.csv" },
    { type: "image", source: { type: "file", file_id: "file_d" } },
    { type: "document", source: text, title: "e.md" },
    { type: "text", text: "Compare", ...mark },
  ]);
});

test("large files are written without a mistake", () => {
  const bytes = Uint8Array.from({ length: 100_001 }, (_, index) => (index * 31 + 7) % 256);
  const file = { name: "a.pdf", mediaType: "application/pdf" };
  const files = [{ ...file, source: { kind: "bytes" as const, bytes } }];
  const { messages } = promptOf({ model, messages: [{ role: "user", content: "", files }] });
  assert.ok(JSON.stringify(messages).includes(`"${Buffer.from(bytes).toString("base64")}"`));
});

test("every model that is known has a source, a date and a price", () => {
  for (const row of anthropicModels) {
    assert.match(row.source, /^https:\/\/\S+$/, row.id);
    assert.match(row.date, /^20\d\d-\d\d-\d\d$/, row.id);
    assert.equal(row.maxInputTokens + row.maxOutputTokens, row.window, row.id);
    assert.ok(row.prices !== undefined && row.prices.output > row.prices.input, row.id);
  }
  assert.equal(new Set(anthropicModels.map((row) => row.id)).size, anthropicModels.length);
});
