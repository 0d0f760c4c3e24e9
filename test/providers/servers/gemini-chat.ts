import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { HeldFile } from "./gemini-files.ts";
import { type Prompt, promptOf } from "./gemini-prompt.ts";
import { type Exchange, fields, pageOf, Refusal, sendJson } from "./gemini-wire.ts";

export interface ChatOptions {
  /** Pause before each piece of an answer, in milliseconds; none if it is left out. */
  readonly pace?: number;
  /** False for tool calls without an id, as older models make them. */
  readonly callIds?: boolean;
}

/** The models of the stand-in. It remembers the last prompt of each, to tell cached tokens. */
export interface ChatApi {
  readonly handle: (exchange: Exchange, files: readonly HeldFile[]) => Promise<void> | void;
}

const models: readonly ListedModel[] = [
  model("gemini-2.5-flash", "Gemini 2.5 Flash", [1_048_576, 65_536]),
  {
    ...model("gemini-embedding-001", "", [2_048, 1]),
    supportedGenerationMethods: ["embedContent"],
  },
  model("gemini-9-neon", "Gemini 9 Neon", [2_097_152, 131_072]),
  model("gemini-3.8-flash", "Gemini 3.8 Flash", [1_048_576, 65_536]),
  model("gemini-3-pro-image", "Nano Banana Pro", [131_072, 32_768]),
  model("gemini-4-argon", "Gemini 4 Argon", [1_048_576, 1_048_576]),
];

export function createChatApi({ pace = 0, callIds = true }: ChatOptions): ChatApi {
  const lastPrompt = new Map<string, string>();
  return {
    handle(exchange, files) {
      const { method, path, query } = exchange.request;
      if (path === "/v1beta/models" && method === "GET") {
        const sizes = { usual: 50, most: 1_000 };
        return sendJson(exchange.response, 200, pageOf(models, "models", query, sizes));
      }
      const { id, verb } = modelIn(exchange);
      const { body } = exchange.request;
      if (verb === "countTokens") {
        const prompt = promptOf(counted(body, id), id, files);
        return sendJson(exchange.response, 200, { totalTokens: tokens(prompt.text) });
      }
      if (verb !== "streamGenerateContent" || query.get("alt") !== "sse") throw unknown(id, verb);
      const prompt = promptOf(body, id, files);
      const cached = cachedTokens(prompt.text, lastPrompt.get(id) ?? "");
      lastPrompt.set(id, prompt.text);
      return stream(exchange, { model: id, prompt, cached, pace, callIds });
    },
  };
}

/** The model that a request asks for something. */
function modelIn({ request }: Exchange): { readonly id: string; readonly verb: string } {
  const path = decodeURIComponent(request.path);
  const [, id = "", verb = ""] = /^\/v1beta\/models\/([\w.-]+):(\w+)$/.exec(path) ?? [];
  const isKnown = models.some(({ name }) => name === `models/${id}`);
  if (!isKnown || request.method !== "POST") throw unknown(id, verb);
  return { id, verb };
}

/** A request to count is the contents alone, or all of a request for an answer. */
function counted(body: Exchange["request"]["body"], id: string): Exchange["request"]["body"] {
  const { generateContentRequest: whole, ...rest } = body;
  if (whole === undefined) return rest;
  const { model: named, ...request } = fields(whole);
  if (Object.keys(rest).length > 0 || named !== `models/${id}`) {
    throw new Refusal(
      400,
      "* CountTokensRequest: contents and generate_content_request exclude each other",
    );
  }
  return request;
}

interface Answer {
  readonly model: string;
  readonly prompt: Prompt;
  readonly cached: number;
  readonly pace: number;
  readonly callIds: boolean;
}

/** Streams a thought that nobody asked for, then the answer. */
async function stream(exchange: Exchange, answer: Answer): Promise<void> {
  const { response } = exchange;
  const { prompt, cached, pace } = answer;
  const thoughts = 7;
  const input = tokens(prompt.text);
  const pieces = piecesOf(answer);
  response.writeHead(200, {
    "content-type": "text/event-stream",
    "content-disposition": "attachment",
  });
  for (const [index, parts] of pieces.entries()) {
    if (pace > 0) await sleep(pace);
    if (response.destroyed) return;
    const isLast = index === pieces.length - 1;
    const ending = isLast ? { finishReason: "STOP" } : {};
    const usageMetadata = {
      promptTokenCount: input,
      ...(cached > 0 ? { cachedContentTokenCount: cached } : {}),
      ...(index > 0 ? { candidatesTokenCount: index } : {}),
      totalTokenCount: input + thoughts + index,
      promptTokensDetails: [{ modality: "TEXT", tokenCount: input }],
      thoughtsTokenCount: thoughts,
    };
    const chunk = {
      candidates: [{ content: { parts, role: "model" }, ...ending, index: 0 }],
      usageMetadata,
      modelVersion: answer.model,
      responseId: "fake",
    };
    response.write(`data: ${JSON.stringify(chunk)}\r\n\r\n`);
  }
  response.end();
}

function piecesOf({ prompt, callIds }: Answer): readonly (readonly object[])[] {
  const thought = [{ text: "**Thinking** about the question", thought: true }];
  if (prompt.mustCall !== undefined) {
    const id = callIds ? { id: randomBytes(4).toString("hex") } : {};
    const functionCall = { ...id, name: prompt.mustCall, args: { name: "a.md" } };
    const signature = randomBytes(48).toString("base64");
    return [thought, [{ functionCall, thoughtSignature: signature }]];
  }
  const text = `The request held ${prompt.files.length} files and about ${tokens(prompt.text)} tokens.`;
  const words = text.split(/(?<=\s)(?=\S)/).map((word) => [{ text: word }]);
  return [thought, ...words, [{ text: "", thoughtSignature: "c2lnbmF0dXJlIG9mIGEgdGV4dA==" }]];
}

function tokens(text: string): number {
  return Math.ceil(text.length / 4);
}

// https://ai.google.dev/gemini-api/docs/caching: implicitly from 1,024 tokens on.
function cachedTokens(prompt: string, previous: string): number {
  let same = 0;
  while (same < prompt.length && prompt[same] === previous[same]) same += 1;
  return same < 4 * 1024 ? 0 : Math.floor(same / 4);
}

function unknown(id: string, verb: string): Refusal {
  const sentence = `models/${id} is not found for API version v1beta, or is not supported for ${verb}.`;
  return new Refusal(404, sentence);
}

interface ListedModel {
  readonly name: string;
  readonly version: string;
  readonly displayName: string;
  readonly description: string;
  readonly inputTokenLimit: number;
  readonly outputTokenLimit: number;
  readonly supportedGenerationMethods: readonly string[];
}

function model(
  id: string,
  displayName: string,
  [inputTokenLimit, outputTokenLimit]: readonly [number, number],
): ListedModel {
  return {
    name: `models/${id}`,
    version: "001",
    displayName,
    description: displayName,
    inputTokenLimit,
    outputTokenLimit,
    supportedGenerationMethods: ["generateContent", "countTokens", "createCachedContent"],
  };
}
