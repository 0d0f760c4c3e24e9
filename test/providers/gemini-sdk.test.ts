/** Google's own SDK against the stand-in: if it is content with its replies, they are plausible. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { FunctionCallingConfigMode, GoogleGenAI } from "@google/genai";
import type { ChatMessage } from "../../src/core/ports/provider-chat.ts";
import { createGemini } from "../../src/providers/gemini.ts";
import { key, upload } from "./gemini-request.ts";
import { type GeminiServer, startGeminiServer } from "./servers/gemini.ts";

const signal = new AbortController().signal;
const model = "gemini-3.8-flash";

describe("Google's SDK", () => {
  let server: GeminiServer;
  let google: GoogleGenAI;
  before(async () => {
    server = await startGeminiServer({ key, looks: 1 });
    google = new GoogleGenAI({
      apiKey: key,
      vertexai: false,
      apiVersion: "v1beta",
      httpOptions: { baseUrl: server.url },
    });
  });
  after(() => server.stop());

  it("uploads, finds, lists and deletes files", async () => {
    const bytes = new Uint8Array(8_388_608 + 9).fill(65);
    const config = { name: "by-google", displayName: "A.txt", mimeType: "text/plain" };
    const file = await google.files.upload({ file: new Blob([bytes]), config });
    assert.equal(file.name, "files/by-google");
    assert.equal(file.sizeBytes, String(bytes.length));
    assert.equal(file.state, "PROCESSING");
    assert.equal((await google.files.get({ name: "by-google" })).state, "PROCESSING");
    assert.equal((await google.files.get({ name: "by-google" })).state, "ACTIVE");
    const names: unknown[] = [];
    for await (const each of await google.files.list()) names.push(each.name);
    assert.deepEqual(names, ["files/by-google"]);
    await assert.rejects(google.files.upload({ file: new Blob(["x"]), config }), { status: 409 });
    await google.files.delete({ name: "by-google" });
    await assert.rejects(google.files.get({ name: "by-google" }), { status: 403 });
    for await (const each of await google.files.list()) assert.fail(each.name);
  });

  it("sees the files of the adapter as the adapter does, and the other way round", async () => {
    const { files } = createGemini({
      baseUrl: server.url,
      key,
      account: "",
      patience: { between: 1, atMost: 1_000 },
    });
    const ours = await files.upload(upload(), signal);
    const seen = await google.files.get({ name: ours.id });
    assert.equal(seen.displayName, ours.name);
    assert.equal(seen.mimeType, "text/plain");
    assert.equal(Date.parse(seen.expirationTime ?? ""), ours.expiresAt);
    const blob = new Blob(["Hi"], { type: "text/plain" });
    const theirs = await google.files.upload({ file: blob });
    await google.files.get({ name: theirs.name ?? "" });
    const listed = await files.list(signal);
    assert.deepEqual(new Set(listed.map(({ id }) => id)), new Set([theirs.name, ours.id]));
    for (const { id } of listed) await files.delete(id, signal);
  });

  it("streams an answer, and counts tokens", async () => {
    let text = "";
    const contents = "Hi there";
    for await (const chunk of await google.models.generateContentStream({ model, contents })) {
      text += chunk.text ?? "";
      assert.equal(chunk.usageMetadata?.promptTokenCount, 2);
    }
    assert.equal(text, "The request held 0 files and about 2 tokens.");
    assert.equal((await google.models.countTokens({ model, contents })).totalTokens, 2);
  });

  it("lists models", async () => {
    const names: unknown[] = [];
    for await (const each of await google.models.list({ config: { pageSize: 2 } })) {
      names.push(each.name);
    }
    assert.equal(names.length, 6);
    assert.ok(names.includes(`models/${model}`));
  });

  it("writes a request as the adapter does", async () => {
    const schema = { type: "object", properties: { name: { type: "string" } } };
    const bytes = new TextEncoder().encode("\u0089PNG");
    const { chat } = createGemini({ baseUrl: server.url, key, account: "" });
    const messages: readonly ChatMessage[] = [
      { role: "system", content: "Be brief." },
      {
        role: "user",
        content: "Read",
        files: [{ name: "a.png", mediaType: "image/png", source: { kind: "bytes", bytes } }],
      },
      {
        role: "assistant",
        content: "",
        toolCalls: [{ id: "call_1", name: "read_file", input: '{"name":"a.md"}' }],
      },
      { role: "tool", toolCallId: "call_1", content: "# A" },
    ];
    const tools = [{ name: "read_file", description: "Reads", inputSchema: schema }];
    for await (const _ of chat.chat({ model, messages, tools, mustCallTool: true }, signal));
    const ours = server.requests.at(-1);
    const functionCall = { id: "call_1", name: "read_file", args: { name: "a.md" } };
    const functionResponse = { id: "call_1", name: "read_file", response: { output: "# A" } };
    const data = Buffer.from(bytes).toString("base64");
    await google.models.generateContentStream({
      model,
      contents: [
        {
          role: "user",
          parts: [
            { text: 'File "a.png":' },
            { inlineData: { mimeType: "image/png", data } },
            { text: "Read" },
          ],
        },
        {
          role: "model",
          parts: [{ functionCall, thoughtSignature: "skip_thought_signature_validator" }],
        },
        { role: "user", parts: [{ functionResponse }] },
      ],
      config: {
        systemInstruction: { parts: [{ text: "Be brief." }] },
        tools: [
          {
            functionDeclarations: [
              { name: "read_file", description: "Reads", parametersJsonSchema: schema },
            ],
          },
        ],
        toolConfig: { functionCallingConfig: { mode: FunctionCallingConfigMode.ANY } },
      },
    });
    const theirs = server.requests.at(-1);
    assert.notEqual(theirs, ours);
    assert.deepEqual({ generationConfig: {}, ...ours?.body }, theirs?.body);
    assert.equal(ours?.path, theirs?.path);
    assert.deepEqual([...(ours?.query ?? [])], [...(theirs?.query ?? [])]);
  });
});
