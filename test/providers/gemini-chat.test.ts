import assert from "node:assert/strict";
import { describe, test, type TestContext } from "node:test";
import type { ContextError } from "../../src/core/errors.ts";
import type { ChatEvent, ChatMessage, ChatRequest } from "../../src/core/ports/provider-chat.ts";
import { createGemini } from "../../src/providers/gemini.ts";
import { chatBody } from "../../src/providers/gemini-chat.ts";
import { startFaultyServer } from "./faulty-server.ts";
import { key, upload } from "./gemini-request.ts";
import { startGeminiServer } from "./servers/gemini.ts";

const signal = new AbortController().signal;
const uriOf = (id: string): string => `https://gemini.test/v1beta/${id}`;
const tools = [
  { name: "read_file", description: "Reads a file", inputSchema: { type: "object" } },
  { name: "list_files", description: "Lists" },
] as const;

for (const [model, callIds] of [
  ["gemini-4-argon", true],
  ["gemini-2.5-flash", false],
] as const) {
  test(`${model} has its tools called and gets their results`, async (t) => {
    const server = await startGeminiServer({ callIds });
    t.after(() => server.stop());
    const { chat } = createGemini({ baseUrl: server.url, account: "" });
    const messages: ChatMessage[] = [{ role: "user", content: "Read a.md" }];
    const ask = async (mustCallTool: boolean): Promise<readonly ChatEvent[]> =>
      read(chat.chat({ model, messages, tools, mustCallTool }, signal));
    for (let step = 0; step < 2; step += 1) {
      const [event, usage] = await ask(true);
      assert.equal(event?.kind === "tool-call" && event.call.input, '{"name":"a.md"}');
      assert.equal(usage?.kind, "usage");
      if (event?.kind !== "tool-call") return;
      const toolCalls = [event.call];
      assert.match(event.call.id, callIds ? /^[0-9a-f]{8}$/ : /^satchel-[13]-0-[0-9a-f]{8}$/);
      messages.push({ role: "assistant", content: "", toolCalls });
      messages.push({ role: "tool", toolCallId: event.call.id, content: "# A" });
    }
    assert.equal((await ask(false)).at(0)?.kind, "text");
    assert.equal(new Set(messages.map((each) => JSON.stringify(each))).size, 5);
  });
}

test("thoughts are no part of the answer, and are billed as output", async (t) => {
  const server = await startGeminiServer();
  t.after(() => server.stop());
  const { chat } = createGemini({ baseUrl: server.url, account: "" });
  const messages = [{ role: "user", content: "word ".repeat(2000) }] as const;
  const request = { model: "gemini-3.8-flash", messages };
  await read(chat.chat(request, signal));
  const events = await read(chat.chat(request, signal));
  const text = events.map((event) => (event.kind === "text" ? event.text : "")).join("");
  assert.equal(text, "The request held 0 files and about 2500 tokens.");
  // Seven tokens of thought, and one for each piece after the thought.
  const output = 7 + text.split(" ").length + 1;
  assert.deepEqual(events.at(-1), { kind: "usage", usage: { input: 2500, cached: 2500, output } });
  assert.equal(await chat.countTokens?.(request, signal), 2500);
});

test("all of a request is counted, instructions and tools too", async (t) => {
  const server = await startGeminiServer();
  t.after(() => server.stop());
  const { chat } = createGemini({ baseUrl: server.url, account: "" });
  const messages: readonly ChatMessage[] = [
    { role: "system", content: "Be brief." },
    { role: "user", content: "Hi" },
  ];
  await chat.countTokens?.({ model: "gemini-3.8-flash", messages, tools }, signal);
  const [request] = server.requests;
  assert.equal(request?.path, "/v1beta/models/gemini-3.8-flash:countTokens");
  assert.deepEqual(request.body, {
    generateContentRequest: {
      model: "models/gemini-3.8-flash",
      ...chatBody({ model: "gemini-3.8-flash", messages, tools }, uriOf),
    },
  });
});

test("an upload is read, until it is gone", async (t) => {
  const server = await startGeminiServer({ key });
  t.after(() => server.stop());
  const { files, chat } = createGemini({ baseUrl: server.url, key, account: "" });
  const { id } = await files.upload(upload(), signal);
  const [request, both] = [["sales.csv"], ["sales.csv", "b.csv"]].map((names): ChatRequest => ({
    model: "gemini-3.8-flash",
    messages: [{ role: "user", content: "Sum", files: names.map((name) => csv(name, id)) }],
  }));
  assert.ok(request && both);
  const [first] = await read(chat.chat(request, signal));
  assert.equal(first?.kind, "text");
  await files.delete(id, signal);
  const gone = {
    code: "provider-file-gone",
    message: "Google Gemini no longer has sales.csv, so there is no answer: upload it again",
  };
  await assert.rejects(read(chat.chat(request, signal)), gone);
  await assert.rejects(async () => chat.countTokens?.(request, signal), gone);
  // One upload under two names: the last one is told.
  await assert.rejects(read(chat.chat(both, signal)), { message: / no longer has b\.csv,/ });
});

test("a 403 that is about the account is no word about its files", async (t) => {
  const message = "Your API key was reported as leaked. Please use another API key for files.";
  const server = await startFaultyServer(t, (response) => {
    response.writeHead(403, { "content-type": "application/json" });
    response.end(JSON.stringify({ error: { code: 403, message, status: "PERMISSION_DENIED" } }));
  });
  const { files, chat } = createGemini({ baseUrl: server.url, key, account: "" });
  const messages = [{ role: "user", content: "Sum", files: [csv("a.csv", "files/a")] }] as const;
  const refused = { code: "key-rejected", message: /reported as leaked/ };
  await assert.rejects(read(chat.chat({ model: "gemini-x", messages }, signal)), refused);
  await assert.rejects(files.get("files/a", signal), refused);
  await assert.rejects(files.delete("files/a", signal), refused);
});

describe("an answer that is none", () => {
  const chunk = (rest: object): string => `data: ${JSON.stringify(rest)}\r\n\r\n`;
  const said = (finishReason?: string): string =>
    chunk({
      candidates: [
        { content: { parts: [{ text: "Hello " }] }, ...(finishReason && { finishReason }) },
      ],
    });
  const cases: readonly (readonly [string, string, ContextError["code"], RegExp])[] = [
    [
      "blocked for its words",
      chunk({ promptFeedback: { blockReason: "SAFETY" } }),
      "provider-rejected",
      /^Google Gemini refused the request, so there is no answer: its safety filter stopped the request$/,
    ],
    [
      "blocked for a new reason",
      chunk({ promptFeedback: { blockReason: "TIDE" } }),
      "provider-rejected",
      /: it does not answer such a request$/,
    ],
    [
      "stopped by the safety filter",
      said() + said("SAFETY"),
      "provider-rejected",
      /: its safety filter stopped it$/,
    ],
    ["a recitation", said("RECITATION"), "provider-rejected", /too close to a published text$/],
    [
      "a call that cannot be read",
      said("MALFORMED_FUNCTION_CALL"),
      "provider-rejected",
      /tool call that cannot be read$/,
    ],
    ["one that stops before its end", said(), "response-malformed", /an answer that breaks off/],
    ["one that stops in an event", `${said()}data: {"candi`, "response-malformed", /breaks off/],
    [
      "one with a broken event",
      `${said()}data: {"candi\r\n\r\n`,
      "response-malformed",
      /breaks off/,
    ],
    ["nothing at all", "", "response-malformed", /breaks off/],
    [
      "an overload",
      said() + chunk({ error: { code: 503, message: `Busy ${key}`, status: "UNAVAILABLE" } }),
      "provider-busy",
      /trouble of its own/,
    ],
    [
      "a key that has just been taken away",
      said() +
        chunk({ error: { code: 400, message: "API key expired. Please renew the API key." } }),
      "key-rejected",
      /rejected the API key/,
    ],
    [
      "a refusal",
      said() + chunk({ error: { message: `Too long for ${key}.` } }),
      "provider-rejected",
      /: Too long for \[key\]$/,
    ],
  ];
  for (const [name, body, code, says] of cases) {
    test(`is ${name}`, async (t) => {
      const error = await read(streamed(t, body)).catch(
        (reason: unknown) => reason as ContextError,
      );
      assert.ok(!Array.isArray(error) && "code" in error);
      assert.equal(error.code, code, error.message);
      assert.match(error.message, says);
      assert.doesNotMatch(error.message, /canary/i);
    });
  }

  test("is not one that ends for want of room, or for a reason that nobody knows yet", async (t) => {
    for (const reason of ["MAX_TOKENS", "TIDE", "constructor"]) {
      assert.deepEqual(await read(streamed(t, said() + said(reason))), [
        { kind: "text", text: "Hello " },
        { kind: "text", text: "Hello " },
      ]);
    }
  });
});

async function* streamed(t: TestContext, body: string): AsyncGenerator<ChatEvent> {
  const server = await startFaultyServer(t, (response) => {
    // In two pieces, cut in the middle of a character and between CR and LF.
    const bytes = Buffer.from(`: ü\r\n${body}`);
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(bytes.subarray(0, 3));
    setTimeout(() => response.end(bytes.subarray(3)), 5);
  });
  const messages = [{ role: "user", content: "Hi" }] as const;
  const { chat } = createGemini({ baseUrl: server.url, key, account: "" });
  yield* chat.chat({ model: "gemini-x", messages }, signal);
}

function csv(name: string, id: string): NonNullable<(ChatMessage & { role: "user" })["files"]>[0] {
  return { name, mediaType: "text/csv", source: { kind: "reference", id } };
}

async function read(events: AsyncIterable<ChatEvent>): Promise<readonly ChatEvent[]> {
  const all: ChatEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}
