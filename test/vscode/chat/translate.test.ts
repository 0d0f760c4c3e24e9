import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChatMessage } from "../../../src/core/ports/provider-chat.ts";
import "../../fakes/register-vscode.ts";
import {
  LanguageModelChatMessageRole as Role,
  LanguageModelChatToolMode as Mode,
  LanguageModelTextPart as Text,
  LanguageModelToolCallPart as Call,
  LanguageModelToolResultPart as Result,
} from "../../fakes/vscode.ts";

const { toModelMessage, toPart, toRequest } = await import("../../../src/vscode/chat/translate.ts");

type Options = Parameters<typeof toRequest>[1];

function translate(
  messages: readonly object[],
  options: Partial<Options> = {},
): ReturnType<typeof toRequest> {
  return toRequest(messages as never, { toolMode: Mode.Auto, ...options });
}

test("texts keep their roles, and the parts of one message are one text", () => {
  const { messages } = translate([
    { role: Role.User, content: [new Text("one "), new Text("text")] },
    { role: Role.Assistant, content: [new Text("answer")] },
  ]);
  assert.deepEqual(messages, [
    { role: "user", content: "one text" },
    { role: "assistant", content: "answer" },
  ]);
});

test("the first messages are instructions if the caller says so", () => {
  const { messages } = translate(
    [
      { role: Role.User, content: [new Text("be brief")] },
      { role: Role.User, content: [new Text("hi")] },
    ],
    { modelOptions: { systemMessages: 1 } },
  );
  assert.deepEqual(
    messages.map(({ role }) => role),
    ["system", "user"],
  );
});

test("tool calls and their results become messages of their own", () => {
  const { messages } = translate([
    {
      role: Role.Assistant,
      content: [new Text("Let me look."), new Call("c1", "read_file", { name: "a.md" })],
    },
    { role: Role.User, content: [new Result("c1", [new Text("# A")]), new Text("go on")] },
    { role: Role.User, content: [new Result("c2", [])] },
  ]);
  assert.deepEqual(messages, [
    {
      role: "assistant",
      content: "Let me look.",
      toolCalls: [{ id: "c1", name: "read_file", input: '{"name":"a.md"}' }],
    },
    { role: "tool", toolCallId: "c1", content: "# A" },
    { role: "user", content: "go on" },
    { role: "tool", toolCallId: "c2", content: "" },
  ]);
});

test("tools are handed on, and whether one must be called", () => {
  const tools = [{ name: "read_file", description: "Reads", inputSchema: { type: "object" } }];
  const request = translate([], { tools, toolMode: Mode.Required });
  assert.deepEqual(request.tools, tools);
  assert.equal(request.mustCallTool, true);
  assert.equal(translate([]).mustCallTool, false);
});

test("an answer's text and tool calls become parts; malformed input becomes an empty one", () => {
  assert.deepEqual(toPart({ kind: "text", text: "hi" }), new Text("hi"));
  assert.deepEqual(
    toPart({ kind: "tool-call", call: { id: "c", name: "t", input: '{"a":1}' } }),
    new Call("c", "t", { a: 1 }),
  );
  assert.deepEqual(
    toPart({ kind: "tool-call", call: { id: "c", name: "t", input: "{a" } }),
    new Call("c", "t", {}),
  );
  assert.equal(toPart({ kind: "usage", usage: { input: 1, cached: 0, output: 1 } }), undefined);
});

test("a message that goes to VS Code and comes back is the same, tools at work included", () => {
  const messages: readonly ChatMessage[] = [
    { role: "user", content: "What is in a.md?" },
    {
      role: "assistant",
      content: "Let me see.",
      toolCalls: [{ id: "call 1", name: "read_session_file", input: '{"path":"a.md"}' }],
    },
    { role: "tool", toolCallId: "call 1", content: "# A" },
    { role: "assistant", content: "A heading." },
  ];
  assert.deepEqual(translate(messages.map(toModelMessage)).messages, messages);
});
