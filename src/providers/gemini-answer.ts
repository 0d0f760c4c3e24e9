import type { ChatEvent, ChatRequest, ToolCall, Usage } from "../core/ports/provider-chat.ts";
import { idFor, rememberSignature } from "./gemini-tool-ids.ts";
import { type CallSite, errorFor, fieldsOf, malformed } from "./http.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Why the model ended an answer that is none, in words that read on from "there is no answer, because". */
// https://ai.google.dev/api/generate-content#FinishReason
const badEndings: Readonly<Record<string, string>> = {
  SAFETY: "its safety filter stopped it",
  RECITATION: "it came too close to a published text",
  LANGUAGE: "it does not speak that language",
  BLOCKLIST: "it would have held forbidden words",
  PROHIBITED_CONTENT: "its safety filter stopped it",
  SPII: "it would have held personal data",
  IMAGE_SAFETY: "its safety filter stopped it",
  MALFORMED_FUNCTION_CALL: "the model wrote a tool call that cannot be read",
  UNEXPECTED_TOOL_CALL: "the model called a tool that it was not offered",
  TOO_MANY_TOOL_CALLS: "the model called too many tools",
  MISSING_THOUGHT_SIGNATURE: "it has lost the thread of the tool calls",
  MALFORMED_RESPONSE: "the model wrote an answer that cannot be read",
  OTHER: "it stopped for a reason that it does not tell",
};

/** Why a request was not answered at all, in such words, too. */
// https://ai.google.dev/api/generate-content#BlockReason
const blockings: Readonly<Record<string, string>> = {
  SAFETY: "its safety filter stopped the request",
  BLOCKLIST: "the request holds forbidden words",
  PROHIBITED_CONTENT: "its safety filter stopped the request",
  IMAGE_SAFETY: "its safety filter stopped the request",
  JAILBREAK: "its safety filter stopped the request",
};

/** The events of a streamed answer. */
export async function* answerOf(
  chunks: AsyncIterable<unknown>,
  { messages }: ChatRequest,
  site: CallSite,
): AsyncGenerator<ChatEvent, void, undefined> {
  let usage: Usage | undefined;
  let ending: string | undefined;
  const calls: ToolCall[] = [];
  for await (const chunk of chunks) {
    const candidate = candidateIn(chunk, site);
    for (const part of partsOf(candidate)) {
      const text = textOf(part);
      if (text !== "") yield { kind: "text", text };
      const call = await callOf(part, { messages: messages.length, before: calls.length });
      if (call !== undefined) calls.push(call);
    }
    usage = usageOf(chunk) ?? usage;
    ending = textIn(candidate["finishReason"]) ?? ending;
  }
  checkEnding(ending, site);
  for (const call of calls) yield { kind: "tool-call", call };
  if (usage !== undefined) yield { kind: "usage", usage };
}

/** The answer in a chunk. Throws if the request was blocked: then there is none. */
function candidateIn(chunk: unknown, site: CallSite): Fields {
  const { candidates, promptFeedback } = fieldsOf(chunk);
  const reason = textIn(fieldsOf(promptFeedback)["blockReason"]);
  if (reason !== undefined) {
    throw refused(wordsIn(blockings, reason) ?? "it does not answer such a request", site);
  }
  return fieldsOf(Array.isArray(candidates) ? candidates[0] : undefined);
}

function checkEnding(reason: string | undefined, site: CallSite): void {
  if (reason === undefined) throw malformed(site, "an answer that breaks off");
  const why = wordsIn(badEndings, reason);
  if (why !== undefined) throw refused(why, site);
}

function wordsIn(table: Readonly<Record<string, string>>, reason: string): string | undefined {
  return Object.hasOwn(table, reason) ? table[reason] : undefined;
}

function textIn(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function refused(why: string, site: CallSite): Error {
  const sentence = `${site.provider} refused the request, so there is no answer: ${why}`;
  return errorFor({ code: "provider-rejected", sentence }, site);
}

function partsOf(candidate: Fields): readonly Fields[] {
  const { parts } = fieldsOf(candidate["content"]);
  return Array.isArray(parts) ? parts.map(fieldsOf) : [];
}

/** What the model thinks is not part of its answer. */
function textOf({ text, thought }: Fields): string {
  return typeof text === "string" && thought !== true ? text : "";
}

/** A call comes whole. */
async function callOf(
  part: Fields,
  place: { readonly messages: number; readonly before: number },
): Promise<ToolCall | undefined> {
  const { id, name, args } = fieldsOf(part["functionCall"]);
  if (typeof name !== "string" || name === "") return undefined;
  const input = JSON.stringify(fieldsOf(args));
  const call = { id: await idFor({ id, name, input }, place), name, input };
  rememberSignature(call.id, part["thoughtSignature"]);
  return call;
}

/** The usage so far; undefined in a chunk without. */
// https://ai.google.dev/api/generate-content#UsageMetadata
function usageOf(chunk: unknown): Usage | undefined {
  const usage = fieldsOf(fieldsOf(chunk)["usageMetadata"]);
  const { promptTokenCount: input } = usage;
  if (typeof input !== "number") return undefined;
  const count = (name: string): number => {
    const value = usage[name];
    return typeof value === "number" ? value : 0;
  };
  return {
    input,
    cached: count("cachedContentTokenCount"),
    // Thoughts are billed as output, and counted apart.
    output: count("candidatesTokenCount") + count("thoughtsTokenCount"),
  };
}
