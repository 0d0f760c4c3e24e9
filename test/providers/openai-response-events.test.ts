import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { isContextError } from "../../src/core/errors.ts";
import type { ChatEvent } from "../../src/core/ports/provider-chat.ts";
import { startFaultyServer } from "./faulty-server.ts";
import { openAiAt, read } from "./openai-own.ts";

const signal = new AbortController().signal;

describe("a streamed response", () => {
  const usage = {
    input_tokens: 100,
    input_tokens_details: { cached_tokens: 64, cache_write_tokens: 20 },
    output_tokens: 7,
  };
  const delta = (text: string, item = "msg_1", kind = "output_text"): object => ({
    type: `response.${kind}.delta`,
    item_id: item,
    delta: text,
  });
  const completed = { type: "response.completed", response: { usage } };
  const counted = {
    kind: "usage",
    usage: { input: 100, cached: 64, cacheWritten: 20, output: 7 },
  };

  it("tells the text and refusals, message by message, and no thoughts", async (test) => {
    const thought = { id: "rs_1", type: "reasoning", summary: [{ text: "hidden" }] };
    const events = [
      { type: "response.created", response: { status: "in_progress" } },
      delta("hidden", "rs_1", "reasoning_summary_text"),
      delta("hidden", "rs_1", "reasoning_text"),
      { type: "response.output_item.done", item: thought },
      delta("Hello"),
      delta(" there"),
      { type: "response.output_text.done", text: "Hello there" },
      delta("I cannot", "msg_2", "refusal"),
      { type: "response.some_news", delta: "unknown" },
      { ...completed, response: { usage, output: [{ type: "message" }] } },
    ];
    assert.deepEqual(await read(await answerTo(test, events)), [
      { kind: "text", text: "Hello" },
      { kind: "text", text: " there" },
      { kind: "text", text: "\n\nI cannot" },
      counted,
    ]);
  });

  it("needs no usage, and passes over calls that are none", async (test) => {
    const done = { type: "response.output_item.done" };
    const events = [
      { ...done, item: { type: "function_call", name: "a" } },
      { ...done, item: null },
      { ...done, item: { type: "function_call", call_id: "c", name: "a", arguments: null } },
      { type: "response.completed" },
    ];
    assert.deepEqual(await read(await answerTo(test, events)), [
      { kind: "tool-call", call: { id: "c", name: "a", input: "" } },
    ]);
  });

  const failures: readonly (readonly [string, object, string, RegExp])[] = [
    [
      "fails for a while",
      { type: "response.failed", response: { error: { code: "server_error", message: "Oh." } } },
      "provider-busy",
      /^OpenAI has trouble of its own: try again in a moment$/,
    ],
    [
      "fails without a reason",
      { type: "response.failed", response: { error: null } },
      "provider-busy",
      /^OpenAI has trouble of its own: try again in a moment$/,
    ],
    [
      "fails for good",
      {
        type: "response.failed",
        response: { error: { code: "invalid_prompt", message: "Not this prompt." } },
      },
      "provider-rejected",
      /^OpenAI refused the request, so there is no answer: Not this prompt$/,
    ],
    [
      "reports an error",
      { type: "error", code: "rate_limit_exceeded", message: "Slow down", param: null },
      "provider-busy",
      /try again in a moment$/,
    ],
    [
      "is too long",
      {
        type: "response.incomplete",
        response: { incomplete_details: { reason: "max_output_tokens" } },
      },
      "provider-rejected",
      /^OpenAI broke the answer off, because it reached the greatest length .*: ask for less at once$/,
    ],
    [
      "is filtered",
      {
        type: "response.incomplete",
        response: { incomplete_details: { reason: "content_filter" } },
      },
      "provider-rejected",
      /because its content filter objected: put the question in another way$/,
    ],
    [
      "is incomplete for a new reason",
      { type: "response.incomplete", response: { incomplete_details: { reason: "steered" } } },
      "provider-rejected",
      /^OpenAI broke the answer off \(steered\): ask again$/,
    ],
    ["has no end", delta(""), "response-malformed", /an answer that breaks off/],
  ];
  for (const [name, event, code, says] of failures) {
    it(`that ${name} is one error, after the text that came`, async (test) => {
      const events: ChatEvent[] = [];
      await assert.rejects(
        async () => {
          for await (const each of await answerTo(test, [delta("Hel"), event])) events.push(each);
        },
        (error) => {
          assert.ok(isContextError(error));
          assert.equal(error.code, code);
          assert.match(error.message, says);
          return true;
        },
      );
      assert.deepEqual(events, [{ kind: "text", text: "Hel" }]);
    });
  }

  it("that was broken off has been paid for", async (test) => {
    const details = { incomplete_details: { reason: "max_output_tokens" } };
    const end = { type: "response.incomplete", response: { ...details, usage } };
    const events: ChatEvent[] = [];
    await assert.rejects(async () => {
      for await (const each of await answerTo(test, [end])) events.push(each);
    });
    assert.deepEqual(events, [counted]);
  });
});

/** The answer of a server that streams these events. */
async function answerTo(
  test: TestContext,
  events: readonly object[],
): Promise<AsyncIterable<ChatEvent>> {
  const lines = events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("");
  const server = await startFaultyServer(test, (response) => {
    response.writeHead(200, { "content-type": "text/event-stream" }).end(lines);
  });
  const messages = [{ role: "user", content: "Hi" }] as const;
  return openAiAt(server.url).chat.chat({ model: "gpt-5.5", messages }, signal);
}
