import { ContextError } from "../errors.ts";
import type { TokenCounter } from "../ports/token-counter.ts";
import { tokensPerMessage } from "./budget.ts";
import type { TargetModel } from "./target-model.ts";
import { preamble } from "./text/render.ts";

const cutMark = "\n[… cut: the question was longer than the model's window]";

/** Fewer tokens than this hold no question worth asking, not even a cut one. */
const smallestQuestion = 64;

/** The question, cut at its end if it alone would fill the window. Rejects with `window-too-small` if the window cannot even hold a short one. */
export async function fitQuestion(
  tokens: TokenCounter,
  fence: string,
  input: {
    readonly question: string;
    readonly target: TargetModel;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<string> {
  const { maxInputTokens } = input.target;
  const [preambleTokens = 0] = await tokens.count([preamble(fence)], input.signal);
  const room = maxInputTokens - preambleTokens - 3 * tokensPerMessage;
  if (room < smallestQuestion) {
    throw new ContextError(
      "window-too-small",
      `This model's window of ${maxInputTokens} tokens cannot hold a question: choose another model`,
    );
  }
  let text = input.question;
  let kept = text.length;
  for (;;) {
    const [count = 0] = await tokens.count([text], input.signal);
    if (count <= room || kept === 0) return text;
    // Shorter each time, so that this ends.
    kept = Math.floor(Math.min(kept * 0.9, (kept * room) / count));
    text = input.question.slice(0, kept).replace(/\p{Surrogate}$/u, "") + cutMark;
  }
}
