/** The official SDK's opinion of the stand-in: what it cannot talk to is wrong. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import {
  Anthropic,
  AuthenticationError,
  BadRequestError,
  NotFoundError,
  toFile,
} from "@anthropic-ai/sdk";
import { type AnthropicServer, startAnthropicServer } from "./servers/anthropic.ts";

const key = "sk-ant-right";
const model = "claude-sonnet-5-5";

describe("the stand-in for Anthropic, seen by the official SDK", () => {
  let server: AnthropicServer;
  let client: Anthropic;
  before(async () => {
    server = await startAnthropicServer({ requireKey: key });
    client = clientFor(server, key);
  });
  after(() => server.stop());

  it("keeps the bytes, the name and the lifetime of a file", async () => {
    const bytes = Uint8Array.from({ length: 5000 }, (_, index) => (index * 7 + 13) % 256);
    const file = await client.files.upload({
      file: await toFile(bytes, "Bericht 📈 #1.pdf", { type: "application/pdf" }),
      expires_in_seconds: 7200,
    });
    assert.equal(file.type, "file");
    assert.equal(file.size_bytes, 5000);
    assert.equal(file.filename, "Bericht 📈 #1.pdf");
    assert.equal(file.mime_type, "application/pdf");
    assert.equal(Date.parse(file.expires_at ?? "") - Date.parse(file.created_at), 7_200_000);
    assert.deepEqual(server.files.find((each) => each.id === file.id)?.bytes, bytes);
    assert.deepEqual(await client.files.retrieveMetadata(file.id), file);
    await assert.rejects(client.files.download(file.id), { errorCode: "file_not_downloadable" });
    const deleted = await client.files.delete(file.id);
    assert.deepEqual({ ...deleted }, { id: file.id, type: "file_deleted" });
    await assert.rejects(client.files.retrieveMetadata(file.id), NotFoundError);
    assert.equal(server.files.length, 0);
  });

  it("pages through a list, and looks ids up", async () => {
    const ids: string[] = [];
    for (const name of ["a", "b", "c", "d", "e"]) {
      ids.unshift((await client.files.upload({ file: await toFile(Buffer.from("x"), name) })).id);
    }
    const listed: string[] = [];
    for await (const file of client.files.list({ limit: 2 })) listed.push(file.id);
    assert.deepEqual(listed, ids);
    const found = await client.files.list({ ids: [ids[3] ?? "", "file_unknown"] });
    assert.deepEqual(
      found.data.map((file) => file.id),
      [ids[3]],
    );
    for (const id of ids) await client.files.delete(id);
  });

  it("offers models, page by page", async () => {
    const offered: string[] = [];
    for await (const each of client.models.list({ limit: 1 })) offered.push(each.id);
    assert.equal(offered.length, 4);
    const retrieved = await client.models.retrieve(model);
    assert.equal(retrieved.max_tokens, 128_000);
    await assert.rejects(client.models.retrieve("claude-none"), NotFoundError);
  });

  it("streams an answer that the SDK can put together", async () => {
    const message = await client.messages
      .stream({ model, max_tokens: 1000, messages: [{ role: "user", content: "Hello?" }] })
      .finalMessage();
    const [block] = message.content;
    assert.equal(block?.type, "text");
    assert.match(block?.type === "text" ? block.text : "", /^This stand-in read about \d+ tokens/);
    assert.equal(message.stop_reason, "end_turn");
    assert.ok(message.usage.input_tokens > 0 && message.usage.output_tokens > 10);
  });

  it("streams tool calls, and takes their results", async () => {
    const tools = [{ name: "read", input_schema: { type: "object" as const } }];
    const input = { name: "a.md", lines: [1, 2] };
    server.answerNext({ text: "Let me look.", toolCalls: [{ name: "read", input }] });
    const question = { role: "user" as const, content: "Read a.md" };
    const message = await client.messages
      .stream({ model: "claude-opus-5-5", max_tokens: 1000, tools, messages: [question] })
      .finalMessage();
    assert.deepEqual(
      message.content.map((block) => block.type),
      ["thinking", "text", "tool_use"],
    );
    const call = message.content.find((block) => block.type === "tool_use");
    assert.deepEqual(call?.input, input);
    assert.equal(message.stop_reason, "tool_use");
    const used = { role: "assistant" as const, content: call === undefined ? [] : [call] };
    const content = [{ type: "tool_result" as const, tool_use_id: call?.id ?? "", content: "# A" }];
    const results = { role: "user" as const, content };
    const messages = [question, used, results];
    const next = { model, max_tokens: 1000, tools, messages };
    assert.equal((await client.messages.stream(next).finalMessage()).stop_reason, "end_turn");
  });

  it("reads marked beginnings from its cache", async () => {
    const usages = [];
    for (const question of ["One?", "Two?"]) {
      const { usage } = await client.messages
        .stream({
          model,
          max_tokens: 1000,
          messages: [
            {
              role: "user",
              content: [
                { type: "text", text: "word ".repeat(2000), cache_control: { type: "ephemeral" } },
                { type: "text", text: question },
              ],
            },
          ],
        })
        .finalMessage();
      usages.push(usage);
    }
    assert.equal(usages[0]?.cache_read_input_tokens, 0);
    assert.ok(Number(usages[0]?.cache_creation_input_tokens) > 2400);
    assert.equal(usages[1]?.cache_read_input_tokens, usages[0]?.cache_creation_input_tokens);
    assert.equal(usages[1]?.cache_creation_input_tokens, 0);
  });

  it("counts tokens, but not of uploaded files", async () => {
    const messages = [{ role: "user" as const, content: "word ".repeat(400) }];
    const { input_tokens: tokens } = await client.messages.countTokens({ model, messages });
    assert.ok(tokens > 400);
    const source = { type: "file" as const, file_id: "file_1" };
    const content = [{ type: "document" as const, source }];
    await assert.rejects(
      client.messages.countTokens({ model, messages: [{ role: "user", content }] }),
      /File sources are not supported in the token counting endpoint/,
    );
  });

  it("refuses what the service refuses", async () => {
    await assert.rejects(clientFor(server, "sk-ant-wrong").models.list(), AuthenticationError);
    const file = await toFile(Buffer.from("x"), "a:b.txt");
    await assert.rejects(client.files.upload({ file }), BadRequestError);
    const named = await toFile(Buffer.from("x"), "a.txt");
    await assert.rejects(
      client.files.upload({ file: named, expires_in_seconds: 60 }),
      BadRequestError,
    );
    const ask = (body: object): Promise<unknown> =>
      client.messages
        .stream({
          model,
          max_tokens: 1000,
          messages: [{ role: "user", content: "Hello?" }],
          ...body,
        })
        .finalMessage();
    const user = { role: "user", content: "Hello?" };
    const unknown = { type: "document", source: { type: "file", file_id: "file_0" } };
    await assert.rejects(ask({ model: "claude-none" }), NotFoundError);
    await assert.rejects(ask({ messages: [{ role: "user", content: [unknown] }] }), NotFoundError);
    for (const [body, says] of [
      [{ max_tokens: 200_000 }, /max_tokens: 200000 > 128000/],
      [{ messages: [user, user] }, /must alternate/],
      [{ messages: [] }, /at least one message/],
      [{ messages: [{ role: "user", content: " " }] }, /non-whitespace/],
      [{ messages: [user, { role: "assistant", content: "Well," }] }, /prefill/],
      [{ temperature: 1 }, /temperature: Extra inputs/],
      [{ tool_choice: { type: "any" } }, /only be specified while providing tools/],
    ] as const) {
      await assert.rejects(ask(body), (error) => {
        assert.ok(error instanceof BadRequestError);
        assert.match(error.message, says);
        return true;
      });
    }
  });
});

function clientFor(server: AnthropicServer, apiKey: string): Anthropic {
  return new Anthropic({ baseURL: server.url, apiKey, maxRetries: 0, logLevel: "off" });
}
