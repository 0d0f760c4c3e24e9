import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChatEvent, ChatRequest } from "../../src/core/ports/provider-chat.ts";
import { chatBody, createToolCallPieces } from "../../src/providers/openai-chat.ts";
import { usageOf } from "../../src/providers/openai-replies.ts";
import { createOpenAi } from "../../src/providers/openai.ts";
import { startDemoServer } from "../demo/server.ts";

const request: ChatRequest = {
  model: "demo-large",
  messages: [
    { role: "user", content: "Read a.md" },
    {
      role: "assistant",
      content: "",
      toolCalls: [{ id: "call_1", name: "read_file", input: '{"name":"a.md"}' }],
    },
    { role: "tool", toolCallId: "call_1", content: "# A" },
  ],
  tools: [
    { name: "read_file", description: "Reads a file", inputSchema: { type: "object" } },
    { name: "list_files", description: "Lists" },
  ],
  mustCallTool: true,
};

test("messages and tools are written in the words of Chat Completions", () => {
  const { messages, tools, tool_choice } = chatBody(request);
  assert.deepEqual(messages, [
    { role: "user", content: "Read a.md" },
    {
      role: "assistant",
      content: null,
      tool_calls: [
        {
          id: "call_1",
          type: "function",
          function: { name: "read_file", arguments: '{"name":"a.md"}' },
        },
      ],
    },
    { role: "tool", tool_call_id: "call_1", content: "# A" },
  ]);
  assert.deepEqual(tools, [
    {
      type: "function",
      function: { name: "read_file", description: "Reads a file", parameters: { type: "object" } },
    },
    { type: "function", function: { name: "list_files", description: "Lists" } },
  ]);
  assert.equal(tool_choice, "required");
});

test("a request without tools does not mention them", () => {
  const body = chatBody({
    model: "demo-large",
    messages: [{ role: "user", content: "Hi" }],
    mustCallTool: true,
  });
  assert.deepEqual(Object.keys(body).toSorted(), ["messages", "model", "stream", "stream_options"]);
});

const chunk = (delta: object): object => ({ choices: [{ index: 0, delta, finish_reason: null }] });

test("calls that arrive in pieces, and mixed, are put together in order", () => {
  const pieces = createToolCallPieces();
  pieces.add(
    chunk({
      tool_calls: [
        {
          index: 0,
          id: "call_1",
          type: "function",
          function: { name: "read_file", arguments: "" },
        },
      ],
    }),
  );
  pieces.add(
    chunk({
      tool_calls: [{ index: 1, id: "call_2", function: { name: "list_files", arguments: "{" } }],
    }),
  );
  pieces.add(
    chunk({
      tool_calls: [
        { index: 0, function: { arguments: '{"name":' } },
        { index: 1, function: { arguments: "}" } },
      ],
    }),
  );
  pieces.add(chunk({ content: "text" }));
  pieces.add(chunk({ tool_calls: [{ index: 0, function: { arguments: '"a.md"}' } }] }));
  assert.deepEqual(pieces.finish(), [
    { id: "call_1", name: "read_file", input: '{"name":"a.md"}' },
    { id: "call_2", name: "list_files", input: "{}" },
  ]);
});

test("whole calls are taken as they come, alike in number, without ids, with objects", () => {
  const pieces = createToolCallPieces();
  const whole = (id: string | undefined, input: unknown): object =>
    chunk({ tool_calls: [{ index: 0, id, function: { name: "read_file", arguments: input } }] });
  pieces.add(whole("call_1", '{"name":"a.md"}'));
  pieces.add(whole("call_2", { name: "b.md" }));
  pieces.add(chunk({ tool_calls: [{ function: { name: "list_files" } }] }));
  const [first, second, third] = pieces.finish();
  assert.deepEqual(first, { id: "call_1", name: "read_file", input: '{"name":"a.md"}' });
  assert.deepEqual(second, { id: "call_2", name: "read_file", input: '{"name":"b.md"}' });
  assert.deepEqual([third?.name, third?.input], ["list_files", ""]);
  assert.match(third?.id ?? "", /^call_.{36}$/);
});

test("cached tokens are found where a server tells them", () => {
  const tokens = { prompt_tokens: 100, completion_tokens: 7 };
  const read = (more: object): unknown => usageOf({ choices: [], usage: { ...tokens, ...more } });
  const usage = { input: 100, output: 7, cached: 64 };
  const details = { cached_tokens: 64, cache_write_tokens: 20 };
  assert.deepEqual(read({ prompt_tokens_details: details }), { ...usage, cacheWritten: 20 });
  assert.deepEqual(read({ cached_tokens: 64, prompt_tokens_details: null }), usage);
  assert.deepEqual(read({ prompt_cache_hit_tokens: 64, prompt_cache_miss_tokens: 36 }), usage);
  assert.deepEqual(read({}), { ...usage, cached: 0 });
  assert.equal(usageOf({ choices: [], usage: null }), undefined);
});

test("noise among the pieces is passed over", () => {
  const pieces = createToolCallPieces();
  for (const noise of [
    null,
    {},
    { choices: [] },
    chunk({ tool_calls: "x" }),
    chunk({ tool_calls: [null, { index: 3 }] }),
  ])
    pieces.add(noise);
  assert.deepEqual(pieces.finish(), []);
});

test("tool calls are streamed from the wire after the text", async (t) => {
  const demo = await startDemoServer();
  t.after(() => demo.stop());
  const deltas = [
    { role: "assistant", content: "Let me look." },
    {
      tool_calls: [
        {
          index: 0,
          id: "call_9",
          type: "function",
          function: { name: "read_file", arguments: '{"name":' },
        },
      ],
    },
    { tool_calls: [{ index: 0, function: { arguments: '"b.md"}' } }] },
  ];
  const lines = [
    ...deltas.map(chunk),
    { choices: [{ index: 0, delta: {}, finish_reason: "tool_calls" }] },
  ];
  const body = `${lines.map((line) => `data: ${JSON.stringify(line)}\n\n`).join("")}data: [DONE]\n\n`;
  demo.fail({ status: 200, headers: { "content-type": "text/event-stream" }, body });
  const provider = createOpenAi({ baseUrl: demo.url, account: "" });
  const events: ChatEvent[] = [];
  for await (const event of provider.chat.chat(request, new AbortController().signal))
    events.push(event);
  assert.deepEqual(events, [
    { kind: "text", text: "Let me look." },
    { kind: "tool-call", call: { id: "call_9", name: "read_file", input: '{"name":"b.md"}' } },
  ]);
});
