import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { ProviderWith } from "../../src/core/ports/provider.ts";
import type { ChatEvent, ChatFile, ChatRequest } from "../../src/core/ports/provider-chat.ts";
import { createAnthropic } from "../../src/providers/anthropic.ts";
import { type AnthropicServer, startAnthropicServer } from "./servers/anthropic.ts";

const signal = new AbortController().signal;
const model = "claude-sonnet-5-5";
const tools = [
  { name: "read_file", description: "Reads a file", inputSchema: { type: "object" } },
  { name: "list_files", description: "Lists" },
];
const asked = [{ role: "user", content: "Which files are there?" }] as const;

describe("answers of Anthropic", () => {
  let server: AnthropicServer;
  let provider: ProviderWith<"files" | "chat">;
  before(async () => {
    server = await startAnthropicServer();
    provider = createAnthropic({ baseUrl: server.url, account: "" });
  });
  after(() => server.stop());

  it("bring tool calls after the text, put together", async () => {
    const toolCalls = [
      { name: "read_file", input: { name: "b.md", lines: [1, 2] } },
      { name: "list_files", input: {} },
    ];
    server.answerNext({ text: "Let me look.", toolCalls });
    const events = await read(
      provider.chat.chat({ model: "claude-opus-5-5", messages: asked, tools }, signal),
    );
    const found = events.flatMap((event) => (event.kind === "tool-call" ? [event.call] : []));
    assert.deepEqual(
      found.map(({ name, input }) => [name, input]),
      [
        ["read_file", '{"name":"b.md","lines":[1,2]}'],
        ["list_files", "{}"],
      ],
    );
    assert.ok(found.every(({ id }) => id.startsWith("toolu_")));
    assert.equal(textOf(events), "Let me look.");
    assert.deepEqual(kindsOf(events), ["text", "tool-call", "usage"]);
  });

  it("tell what was read from the cache and what was written to it", async () => {
    const ask = async (question: string): Promise<ChatEvent | undefined> => {
      const system = { role: "system", content: "rule ".repeat(2000) } as const;
      const file = { role: "user", content: "word ".repeat(2000) } as const;
      const messages = [system, file, { role: "user", content: question } as const];
      const request = { model, messages, stableMessages: 2 };
      return (await read(provider.chat.chat(request, signal))).at(-1);
    };
    const [first, second] = [await ask("One?"), await ask("Two?")];
    assert.equal(first?.kind, "usage");
    assert.equal(second?.kind, "usage");
    if (first?.kind !== "usage" || second?.kind !== "usage") return;
    const { input, cached, cacheWritten, output } = first.usage;
    assert.equal(cached, 0);
    assert.ok(Number(cacheWritten) > 4900 && input > Number(cacheWritten) && output > 10);
    assert.deepEqual(
      { ...second.usage, output },
      { input, cached: cacheWritten, cacheWritten: 0, output },
    );
  });

  it("read uploads by their ids, and say which one is gone", async () => {
    const sent = {
      contentId: "0".repeat(64),
      mediaType: "text/markdown",
      bytes: new TextEncoder().encode("# Title\n".repeat(100)),
      purpose: "",
    };
    const name = "a.stc-0123456789ab-cdef01.md";
    const { id } = await provider.files.upload({ ...sent, name }, signal);
    const file: ChatFile = {
      name: "a.md",
      mediaType: "text/markdown",
      source: { kind: "reference", id },
    };
    const lost: ChatFile = { ...file, name: "b.md", source: { kind: "reference", id: "file_b" } };
    const request = (files: readonly ChatFile[]): ChatRequest => ({
      model,
      messages: [{ role: "user", content: "Read", files }],
    });
    assert.match(textOf(await read(provider.chat.chat(request([file]), signal))), /in 2 parts/);
    await assert.rejects(read(provider.chat.chat(request([file, lost]), signal)), {
      code: "provider-file-gone",
      message: "Anthropic no longer has b.md, so there is no answer: upload it again",
      facts: { provider: "Anthropic", file: "b.md", status: 404, retryAfter: undefined },
    });
    const expired = { filename: "c", bytes: new Uint8Array(1), mediaType: "text/plain" };
    server.plant({ id: "file_b", ...expired, created: 1, expires: 2 });
    await assert.rejects(read(provider.chat.chat(request([lost]), signal)), {
      code: "provider-file-gone",
    });
    await assert.rejects(
      read(provider.chat.chat({ ...request([file]), model: "claude-none" }, signal)),
      {
        code: "provider-rejected",
        message: 'Anthropic has no model "claude-none" for this account: choose another model',
      },
    );
  });

  it("are counted before they are asked for, unless there is an upload", async () => {
    const { countTokens } = provider.chat;
    const messages = [{ role: "user", content: "word ".repeat(400) }] as const;
    const tokens = await countTokens?.({ model, messages, tools, stableMessages: 1 }, signal);
    assert.ok(Number(tokens) > 400);
    const { path, body } = server.requests.at(-1) ?? assert.fail();
    assert.equal(path, "/v1/messages/count_tokens");
    assert.deepEqual(Object.keys(body ?? {}), ["model", "messages", "tools"]);
    const sent = server.requests.length;
    const source = { kind: "reference", id: "file_1" } as const;
    const files = [{ name: "a.md", mediaType: "text/markdown", source }];
    const request = { model, messages: [{ role: "user", content: "Read", files }] } as const;
    await assert.rejects(countTokens?.(request, signal) ?? Promise.resolve(), {
      code: "provider-rejected",
      message:
        "Anthropic does not count uploaded files, so the tokens of a request with a.md are not known before it is sent",
    });
    assert.equal(server.requests.length, sent);
  });

  it("that decline are errors, after what was said and what it cost", async () => {
    const explanation = "This could enable harm.";
    const stopDetails = { type: "refusal", category: "cyber", explanation };
    server.answerNext({ text: "I", stopReason: "refusal", stopDetails });
    const events: ChatEvent[] = [];
    const request = { model, messages: asked };
    await assert.rejects(
      async () => {
        for await (const event of provider.chat.chat(request, signal)) events.push(event);
      },
      {
        code: "provider-rejected",
        message:
          "Anthropic declined to answer (This could enable harm): ask in other words, or choose another model",
      },
    );
    assert.deepEqual(kindsOf(events), ["text", "usage"]);
  });

  it("that reach the end of their room end as they are", async () => {
    server.answerNext({ text: "Once upon", stopReason: "max_tokens" });
    const events = await read(provider.chat.chat({ model, messages: asked }, signal));
    assert.equal(textOf(events), "Once upon");
  });
});

async function read(events: AsyncIterable<ChatEvent>): Promise<readonly ChatEvent[]> {
  const all: ChatEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

function textOf(events: readonly ChatEvent[]): string {
  return events.map((event) => (event.kind === "text" ? event.text : "")).join("");
}

/** The kinds in their order, each once. */
function kindsOf(events: readonly ChatEvent[]): readonly string[] {
  return [...new Set(events.map(({ kind }) => kind))];
}
