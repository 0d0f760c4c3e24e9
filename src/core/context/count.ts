import { ContextError } from "../errors.ts";
import type { TokenCounter } from "../ports/token-counter.ts";
import { tokensPerMessage } from "./budget.ts";
import { closeMarker, escapeFence } from "./fence.ts";
import type { GatheredFile } from "./gather.ts";
import type { CountedTurn, Turn } from "./history.ts";
import type { Message } from "./message.ts";
import { fileHeader, preamble, separator } from "./render.ts";

const cutMark = "\n[… cut: the question was longer than the model's window]";

/** Fewer tokens than this hold no question worth asking, not even a cut one. */
const smallestQuestion = 64;

/** A file's place in a request, with the tokens of its block: markers, text and separator. */
export interface Block extends GatheredFile {
  readonly blockTokens: number;
}

/** The parts of a request that are counted before it is packed. */
export interface UncountedInput {
  readonly question: string;
  readonly turns: readonly Turn[];
  readonly maxInputTokens: number;
  readonly signal?: AbortSignal | undefined;
}

/** What a request can be made of, with its tokens. */
export interface CountedInput {
  readonly blocks: readonly Block[];
  readonly turns: readonly CountedTurn[];
  readonly question: string;
  /** Tokens of what is always there: preamble, question, and what surrounds the messages. */
  readonly fixed: number;
}

/** Counts the blocks of the files, the turns and the question of a request. Rejects with `window-too-small` if the window cannot even hold a question. */
export async function countInput(
  tokens: TokenCounter,
  fence: string,
  files: readonly GatheredFile[],
  input: UncountedInput,
): Promise<CountedInput> {
  const blocks = await countBlocks(tokens, fence, files, input.signal);
  const turns = await countTurns(tokens, input.turns, input.signal);
  const [preambleTokens = 0] = await tokens.count([preamble(fence)], input.signal);
  const room = input.maxInputTokens - preambleTokens - 3 * tokensPerMessage;
  if (room < smallestQuestion) {
    throw new ContextError(
      "window-too-small",
      `This model's window of ${input.maxInputTokens} tokens cannot hold a question: choose another model`,
    );
  }
  const question = await fitQuestion(tokens, input.question, room, input.signal);
  const [questionTokens = 0] = await tokens.count([question], input.signal);
  return { blocks, turns, question, fixed: preambleTokens + questionTokens + 3 * tokensPerMessage };
}

async function countBlocks(
  tokens: TokenCounter,
  fence: string,
  files: readonly GatheredFile[],
  signal: AbortSignal | undefined,
): Promise<Block[]> {
  const headers = await tokens.count(
    files.map((file) => fileHeader(fence, file.view, file.path)),
    signal,
  );
  const [ending = 0] = await tokens.count([closeMarker(fence) + separator], signal);
  return Promise.all(
    files.map(async (file, index) => {
      if (file.native) return { ...file, blockTokens: file.tokens };
      const escaped = escapeFence(fence, file.text);
      const [text = 0] =
        escaped === file.text ? [file.tokens] : await tokens.count([escaped], signal);
      return { ...file, blockTokens: (headers[index] ?? 0) + text + ending };
    }),
  );
}

async function countTurns(
  tokens: TokenCounter,
  turns: readonly Turn[],
  signal: AbortSignal | undefined,
): Promise<CountedTurn[]> {
  const counts = await tokens.count(
    turns.flatMap(({ question, answer }) => [question, answer]),
    signal,
  );
  return turns.map((turn, index) => ({
    ...turn,
    tokens: (counts[2 * index] ?? 0) + (counts[2 * index + 1] ?? 0) + 2 * tokensPerMessage,
  }));
}

/** The question, cut at its end if it alone would fill the window. */
async function fitQuestion(
  tokens: TokenCounter,
  question: string,
  room: number,
  signal: AbortSignal | undefined,
): Promise<string> {
  let text = question;
  let kept = question.length;
  for (;;) {
    const [count = 0] = await tokens.count([text], signal);
    if (count <= room || kept === 0) return text;
    // Shorter each time, so that this ends.
    kept = Math.floor(Math.min(kept * 0.9, (kept * room) / count));
    text = question.slice(0, kept) + cutMark;
  }
}

/** Exact tokens of messages, with what a provider adds around each. */
export async function countMessages(
  tokens: TokenCounter,
  messages: readonly Message[],
  signal: AbortSignal | undefined,
): Promise<number> {
  const counts = await tokens.count(
    messages.map(({ content }) => content),
    signal,
  );
  return counts.reduce((total, count) => total + count + tokensPerMessage, 0);
}
