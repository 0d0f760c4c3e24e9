import {
  ChatRequestTurn,
  ChatResponseMarkdownPart,
  ChatResponseTurn,
  type ChatContext,
  type ChatResult,
} from "vscode";
import type { ChatTurn } from "../../core/context/ledger/history.ts";
import { participantId } from "../names.ts";

/** What an answer remembers of itself. It travels with the chat's history, so it is small and plain JSON. */
export interface AnswerMetadata {
  /** Characters of the model's own text, at the start of the answer; what follows is Satchel's. */
  readonly answerLength: number;
  /** Ids of the requests that made up the turn, in order: by these the next question finds its ledger. */
  readonly requestIds: readonly string[];
}

/** The questions to `@satchel` that were answered, oldest first. Commands, failures and other participants' turns are not part of the conversation. */
export function turnsOf({ history }: ChatContext): readonly ChatTurn[] {
  return history.flatMap((response, index) => {
    const request = history[index - 1];
    if (!(response instanceof ChatResponseTurn) || !(request instanceof ChatRequestTurn)) return [];
    if (response.participant !== participantId || request.command !== undefined) return [];
    const length = answerLength(response.result);
    return length === undefined
      ? []
      : [
          {
            question: request.prompt,
            answer: markdownOf(response).slice(0, length),
            requestIds: requestIdsOf(response.result),
          },
        ];
  });
}

function answerLength({ metadata }: ChatResult): number | undefined {
  const length: unknown = metadata?.["answerLength"];
  return typeof length === "number" && length > 0 ? length : undefined;
}

function requestIdsOf({ metadata }: ChatResult): readonly string[] {
  const ids: unknown = metadata?.["requestIds"];
  return Array.isArray(ids) ? ids.filter((id) => typeof id === "string") : [];
}

function markdownOf({ response }: ChatResponseTurn): string {
  return response
    .map((part) => (part instanceof ChatResponseMarkdownPart ? part.value.value : ""))
    .join("");
}
