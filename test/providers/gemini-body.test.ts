import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ChatMessage } from "../../src/core/ports/provider-chat.ts";
import { chatBody } from "../../src/providers/gemini-chat.ts";
import { idFor, rememberSignature, signatureFor } from "../../src/providers/gemini-tool-ids.ts";

const uriOf = (id: string): string => `https://gemini.test/v1beta/${id}`;
const tools = [
  { name: "read_file", description: "Reads a file", inputSchema: { type: "object" } },
  { name: "list_files", description: "Lists" },
] as const;

function contentsOf(...messages: readonly ChatMessage[]): unknown {
  return chatBody({ model: "gemini-2.5-flash", messages }, uriOf).contents;
}

describe("a request in the words of Gemini", () => {
  test("has instructions, turns and tools in their places", () => {
    const messages: readonly ChatMessage[] = [
      { role: "system", content: "Be brief." },
      { role: "user", content: "The files" },
      { role: "user", content: "The question" },
      { role: "assistant", content: "The answer" },
      { role: "system", content: "Go on." },
      { role: "assistant", content: "" },
    ];
    const request = { model: "gemini-2.5-flash", messages, tools, mustCallTool: true };
    assert.deepEqual(chatBody(request, uriOf), {
      systemInstruction: { parts: [{ text: "Be brief." }] },
      contents: [
        { role: "user", parts: [{ text: "The files" }, { text: "The question" }] },
        { role: "model", parts: [{ text: "The answer" }] },
        { role: "user", parts: [{ text: "Go on." }] },
      ],
      tools: [
        {
          functionDeclarations: [
            {
              name: "read_file",
              description: "Reads a file",
              parametersJsonSchema: { type: "object" },
            },
            { name: "list_files", description: "Lists" },
          ],
        },
      ],
      toolConfig: { functionCallingConfig: { mode: "ANY" } },
    });
  });

  test("does not mention tools, or instructions, that are not there", () => {
    const messages = [{ role: "user", content: "Hi" }] as const;
    const body = chatBody({ model: "gemini-2.5-flash", messages, mustCallTool: true }, uriOf);
    assert.deepEqual(Object.keys(body), ["contents"]);
  });

  test("has files before the text, each with its name before it", () => {
    const bytes = Uint8Array.from({ length: 60_000 }, (_, index) => index % 251);
    const parts = contentsOf({
      role: "user",
      content: "Compare",
      files: [
        {
          name: 'a "b".csv',
          mediaType: "text/csv",
          source: { kind: "reference", id: "files/abc" },
        },
        { name: "c.png", mediaType: "image/png", source: { kind: "bytes", bytes } },
      ],
    });
    const data = Buffer.from(bytes).toString("base64");
    assert.deepEqual(parts, [
      {
        role: "user",
        parts: [
          { text: String.raw`File "a \"b\".csv":` },
          { fileData: { fileUri: uriOf("files/abc"), mimeType: "text/plain" } },
          { text: 'File "c.png":' },
          { inlineData: { mimeType: "image/png", data } },
          { text: "Compare" },
        ],
      },
    ]);
  });

  test("has all results of a step together, apart from the question that follows", () => {
    const calls = [
      { id: "satchel-1-0-abc", name: "read_file", input: '{"name":"a.md"}' },
      { id: "call_2", name: "list_files", input: "" },
      { id: "call_3", name: "read_file", input: "[1]" },
      { id: "call_4", name: "read_file", input: '{"na' },
    ];
    const contents = contentsOf(
      { role: "assistant", content: "Let me look.", toolCalls: calls },
      ...calls.map(({ id }) => ({ role: "tool", toolCallId: id, content: `of ${id}` }) as const),
      { role: "user", content: "And now?" },
    );
    const result = (id: string, name: string): object => ({
      functionResponse: {
        ...(id.startsWith("satchel-") ? {} : { id }),
        name,
        response: { output: `of ${id}` },
      },
    });
    assert.deepEqual(contents, [
      {
        role: "model",
        parts: [
          { text: "Let me look." },
          { functionCall: { name: "read_file", args: { name: "a.md" } } },
          { functionCall: { id: "call_2", name: "list_files", args: {} } },
          { functionCall: { id: "call_3", name: "read_file", args: { input: [1] } } },
          { functionCall: { id: "call_4", name: "read_file", args: { input: '{"na' } } },
        ],
      },
      {
        role: "user",
        parts: [
          result("satchel-1-0-abc", "read_file"),
          result("call_2", "list_files"),
          result("call_3", "read_file"),
          result("call_4", "read_file"),
        ],
      },
      { role: "user", parts: [{ text: "And now?" }] },
    ]);
  });

  test("says that it has no signature where newer models ask for one", () => {
    const toolCalls = [
      { id: "call_of_another_provider", name: "read_file", input: "{}" },
      { id: "call_beside_it", name: "read_file", input: "{}" },
    ];
    const messages = [{ role: "assistant", content: "", toolCalls }] as const;
    const signatures = (model: string): unknown =>
      chatBody({ model, messages }, uriOf).contents[0]?.parts.map(
        (part) => part["thoughtSignature"],
      );
    const none = [undefined, undefined];
    assert.deepEqual(signatures("gemini-4-argon"), ["skip_thought_signature_validator", undefined]);
    assert.deepEqual(signatures("gemini-flash-latest"), [
      "skip_thought_signature_validator",
      undefined,
    ]);
    assert.deepEqual(signatures("gemini-2.5-flash"), none);
    assert.deepEqual(signatures("gemma-4-26b-a4b-it"), none);
  });
});

test("an id that is made up depends on the call and its place alone", async () => {
  const call = { id: undefined, name: "read_file", input: "{}" };
  const first = await idFor(call, { messages: 3, before: 0 });
  assert.equal(await idFor({ ...call, id: "" }, { messages: 3, before: 0 }), first);
  assert.ok(first.length <= 40);
  const others = [
    await idFor(call, { messages: 3, before: 1 }),
    await idFor(call, { messages: 5, before: 0 }),
    await idFor({ ...call, input: '{"a":1}' }, { messages: 3, before: 0 }),
  ];
  assert.equal(new Set([first, ...others]).size, 4);
  assert.equal(await idFor({ ...call, id: "abc" }, { messages: 3, before: 0 }), "abc");
});

test("signatures are remembered, up to a number", () => {
  const place = { model: "gemini-4-argon", isFirst: false };
  for (let index = 0; index < 501; index += 1)
    rememberSignature(`call-${index}`, `thought-${index}`);
  rememberSignature("call-x", 7);
  rememberSignature("call-x", "");
  assert.equal(signatureFor("call-0", place), undefined);
  assert.equal(signatureFor("call-1", place), "thought-1");
  assert.equal(signatureFor("call-500", place), "thought-500");
  assert.equal(signatureFor("call-x", place), undefined);
});
