import { isOpenAiAddress } from "./models-openai.ts";

/** The two ways to ask a model: the one that reads uploaded files, and the one that all compatible servers speak. */
export type Dialect = "responses" | "chat-completions";

/** OpenAI's models that its Responses API does not serve. */
// https://developers.openai.com/api/docs/models
const chatCompletionsOnly = /^gpt-(?:4o|4o-mini)-(?:audio|search)-preview|^gpt-audio|search-api/;

/** How a model at this server is asked. */
export function dialectOf(baseUrl: string, model: string): Dialect {
  return isOpenAiAddress(baseUrl) && !chatCompletionsOnly.test(model)
    ? "responses"
    : "chat-completions";
}
