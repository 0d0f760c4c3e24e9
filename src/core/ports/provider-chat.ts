import type { Message } from "../context/message.ts";

/** Prices in US dollars for a million tokens. */
export interface Prices {
  readonly input: number;
  /** Input that is read from the prompt cache; undefined if it costs as much as other input. */
  readonly cached?: number | undefined;
  /** Input that is written to the prompt cache; undefined if it costs as much as other input. */
  readonly cacheWrite?: number | undefined;
  readonly output: number;
}

/** A model that a provider offers for chat. */
export interface Model {
  /** The provider's id of the model. */
  readonly id: string;
  readonly name: string;
  /** Tokens that a request may hold. */
  readonly maxInputTokens: number;
  /** Tokens that an answer may hold. */
  readonly maxOutputTokens: number;
  /** True if the limits are cautious guesses, because the catalog does not know the model. */
  readonly guessed: boolean;
  /** Undefined if nobody knows them. */
  readonly prices?: Prices | undefined;
  /** Media types of files that the model takes, like `Purpose.mediaTypes`; text always goes. */
  readonly takes?: readonly string[] | undefined;
}

/** A tool that a model may ask its caller to run. */
export interface Tool {
  readonly name: string;
  readonly description: string;
  /** JSON schema of the input; undefined for a tool without input. */
  readonly inputSchema?: object | undefined;
}

/** A model's wish to have a tool run. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** JSON, as the model wrote it: it may be malformed. */
  readonly input: string;
}

/** A file that stands in a message as itself, not as text. */
export interface ChatFile {
  /** The name that the model is told. */
  readonly name: string;
  readonly mediaType: string;
  readonly source:
    | { readonly kind: "bytes"; readonly bytes: Uint8Array<ArrayBuffer> }
    /** An upload to the same account. */
    | { readonly kind: "reference"; readonly id: string };
}

/** A message of a conversation in which tools may have been run. */
export type ChatMessage =
  | Message
  | {
      readonly role: "assistant";
      readonly content: string;
      readonly toolCalls: readonly ToolCall[];
    }
  | { readonly role: "tool"; readonly toolCallId: string; readonly content: string };

/** One request for an answer. */
export interface ChatRequest {
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly tools?: readonly Tool[] | undefined;
  /** True if the answer must begin with a tool call. */
  readonly mustCallTool?: boolean | undefined;
  /** How many messages at the start the next requests will repeat byte for byte, for providers that want to be told what to cache. */
  readonly stableMessages?: number | undefined;
  /** How many messages at the start the request before has repeated or brought, for providers that look for what they have cached only near a mark. */
  readonly repeatedMessages?: number | undefined;
  /** Places of messages that hold material to answer from, not words of the user, for providers that want them apart. */
  readonly materialMessages?: readonly number[] | undefined;
  /** The same for all requests that share a prefix, for providers that route by it. */
  readonly cacheKey?: string | undefined;
}

/** Token counts as the provider bills them. */
export interface Usage {
  /** All input tokens, cached and written ones included. */
  readonly input: number;
  /** Input tokens that were read from the provider's prompt cache. */
  readonly cached: number;
  /** Input tokens that were written to the prompt cache, where that is billed. */
  readonly cacheWritten?: number | undefined;
  readonly output: number;
}

/** A piece of an answer, in the order of arrival. */
export type ChatEvent =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "tool-call"; readonly call: ToolCall }
  | { readonly kind: "usage"; readonly usage: Usage };

/** The models of an account. An adapter translates, and decides nothing: see `Provider` for the errors. */
export interface ProviderChat {
  /** The models that this account may chat with. */
  models(signal: AbortSignal): Promise<readonly Model[]>;
  /** Streams an answer. Stopping the iteration stops the request. Rejects with `provider-file-gone` if a reference leads nowhere. */
  chat(request: ChatRequest, signal: AbortSignal): AsyncIterable<ChatEvent>;
  /** Tokens of a request as the provider counts them; undefined where it does not. */
  readonly countTokens?:
    | ((request: ChatRequest, signal: AbortSignal) => Promise<number>)
    | undefined;
}
