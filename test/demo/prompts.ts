import type { DemoTokens } from "./answer.ts";
import { estimateTokens } from "./answer.ts";
import { Refusal } from "./wire.ts";

// https://platform.openai.com/docs/guides/prompt-caching: prompts from 1,024 tokens on, counted in steps of 128.
const cacheMinimum = 1024;
const cacheStep = 128;

/** Remembers the last prompt of each model, to tell cached tokens. */
export interface PromptMemory {
  /** The tokens of a prompt, which is the last one now. */
  remember(model: string, prompt: string): DemoTokens;
}

export function createPromptMemory(): PromptMemory {
  const last = new Map<string, string>();
  return {
    remember(model, prompt) {
      const tokens = tokensOf(prompt, last.get(model) ?? "");
      last.set(model, prompt);
      return tokens;
    },
  };
}

/** The model that a request asks; refuses a request without one, or for one that is not among these. */
export function modelOf(
  body: Readonly<Record<string, unknown>>,
  models: readonly string[],
): string {
  const model = body["model"];
  if (typeof model !== "string") throw new Refusal(400, "you must provide a model parameter");
  if (!models.includes(model)) throw unknownModel(model);
  return model;
}

export function unknownModel(id: string): Refusal {
  const sentence = `The model \`${id}\` does not exist or you do not have access to it.`;
  return new Refusal(404, sentence, "model_not_found");
}

/** The pieces in which an answer is streamed. */
export function words(text: string): readonly string[] {
  return text.split(/(?<=\s)(?=\S)/);
}

function tokensOf(prompt: string, previous: string): DemoTokens {
  let same = 0;
  while (same < prompt.length && prompt[same] === previous[same]) same += 1;
  const shared = Math.floor(same / 4);
  const cached = shared < cacheMinimum ? 0 : shared - (shared % cacheStep);
  return { input: estimateTokens(prompt), cached };
}
