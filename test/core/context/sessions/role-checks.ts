/** Whether a provider would take the messages at all. */
import assert from "node:assert/strict";
import type { ChatMessage } from "../../../../src/core/ports/provider-chat.ts";
import type { Sight } from "./live.ts";

export function checkRoles({ prepared: { messages }, question, isRound }: Sight): void {
  assert.equal(messages[0]?.role, "system", "(g) the instructions stand first");
  const systems = messages.filter(({ role }) => role === "system");
  assert.equal(systems.length, 1, "(g) the instructions stand once");
  const last = messages.at(-1);
  if (isRound) assert.equal(last?.role, "tool", "(g) what tools said stands last");
  else {
    assert.equal(last?.role, "user", "(g) the question stands last");
    assert.ok(isQuestion(last.content, question), "(g) the question stands alone");
  }
  for (const [place, message] of messages.entries()) {
    checkOrder(messages, place);
    if (message.role === "tool") checkResult(messages, place);
    else if ("toolCalls" in message) checkCalls(messages, place);
  }
}

function isQuestion(content: string, question: string): boolean {
  const [kept, rest] = content.split("\n[… cut: ");
  return content === question || (rest !== undefined && question.startsWith(kept ?? " "));
}

/** No answer stands alone, and none follows another. */
function checkOrder(messages: readonly ChatMessage[], place: number): void {
  const [before, message] = [messages[place - 1], messages[place]];
  if (message?.role !== "assistant") return;
  assert.notEqual(before?.role, "assistant", `(g) message ${place} answers an answer`);
  assert.notEqual(before?.role, "system", `(g) message ${place} answers nothing`);
}

/** The answer that a tool's message belongs to stands before it, with nothing but its other results between. */
function checkResult(messages: readonly ChatMessage[], place: number): void {
  const message = messages[place];
  let caller = place - 1;
  while (messages[caller]?.role === "tool") caller--;
  const calls = callsIn(messages[caller]);
  const id = message?.role === "tool" ? message.toolCallId : "";
  assert.ok(calls.includes(id), `(g) the tool's message ${place} has no call`);
}

/** Every call of an answer is answered right behind it. */
function checkCalls(messages: readonly ChatMessage[], place: number): void {
  const calls = callsIn(messages[place]);
  const results = messages.slice(place + 1, place + 1 + calls.length);
  const ids = results.map((result) => (result.role === "tool" ? result.toolCallId : undefined));
  assert.deepEqual(ids, calls, `(g) a call in message ${place} has no result`);
}

function callsIn(message: ChatMessage | undefined): readonly string[] {
  return message && "toolCalls" in message ? message.toolCalls.map(({ id }) => id) : [];
}
