import type { Message } from "../context/message.ts";

/** Which server and account a provider speaks to. Provider file ids are valid only there. */
export interface ProviderAccount {
  /** Provider id, for example `openai`. */
  readonly provider: string;
  /** Name for people, for example `OpenAI`. */
  readonly name: string;
  /** Without a slash at the end; `""` where there is no server. */
  readonly baseUrl: string;
  /** First 16 hex digits of the key's SHA-256: tells accounts apart without telling the key. `""` without a key. */
  readonly account: string;
}

/** What a provider can do, as data. */
export interface Capabilities {
  /** Largest file in bytes. */
  readonly maxFileBytes: number;
  /** The purpose that Satchel uploads session files with. */
  readonly purpose: string;
  /** The range of lifetimes that an upload may ask for, in milliseconds; undefined if files cannot expire there. */
  readonly lifetime?: { readonly min: number; readonly max: number } | undefined;
  /** True if a model answers; false if a chat only shows what would be sent. */
  readonly answers: boolean;
}

/** A file to upload. */
export interface UploadRequest {
  /** The remote name, tag included. */
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly purpose: string;
  /** Milliseconds that the provider should keep the file; undefined: as long as it does by itself. */
  readonly lifetime?: number | undefined;
  /** The name that the user knows the file by, for errors; the remote name if it is left out. */
  readonly file?: string | undefined;
  /** Satchel's id of the upload, for a provider that logs the ids of its callers. */
  readonly operationId?: string | undefined;
}

/** A file that a provider holds. */
export interface RemoteFile {
  /** The provider's file id: opaque, valid only at this account. */
  readonly id: string;
  readonly name: string;
  /** Size in bytes, where the provider tells it. */
  readonly bytes?: number | undefined;
  /** Milliseconds since 1970. */
  readonly createdAt?: number | undefined;
  /** Milliseconds since 1970. */
  readonly expiresAt?: number | undefined;
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
}

/** Token counts as the provider bills them. */
export interface Usage {
  /** All input tokens, cached ones included. */
  readonly input: number;
  /** Input tokens that were read from the provider's prompt cache. */
  readonly cached: number;
  readonly output: number;
}

/** A piece of an answer, in the order of arrival. */
export type ChatEvent =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "tool-call"; readonly call: ToolCall }
  | { readonly kind: "usage"; readonly usage: Usage };

/**
 * An account at a service that stores files and answers chats. An adapter translates, and decides nothing: no retries, no dedup, no cache.
 * All methods reject with `ContextError`: `key-missing`, `key-rejected`, `provider-busy`, `provider-unreachable`,
 * `provider-rejected`, `response-malformed`; and with an `AbortError` once `signal` is aborted, within a second.
 */
export interface Provider {
  readonly account: ProviderAccount;
  readonly capabilities: Capabilities;
  /** Stores a file. Resolves only for a reply that names the file's id: after any other outcome the file may or may not exist. */
  upload(request: UploadRequest, signal: AbortSignal): Promise<RemoteFile>;
  /** All files of the account with Satchel's purpose, other tools' files among them. */
  list(signal: AbortSignal): Promise<readonly RemoteFile[]>;
  /** One file; undefined if the provider has none with this id. */
  get(id: string, signal: AbortSignal): Promise<RemoteFile | undefined>;
  /** Deletes one file; a file that is gone already is no error. */
  delete(id: string, signal: AbortSignal): Promise<void>;
  /** The models that this account may chat with. */
  models(signal: AbortSignal): Promise<readonly Model[]>;
  /** Streams an answer. Stopping the iteration stops the request. */
  chat(request: ChatRequest, signal: AbortSignal): AsyncIterable<ChatEvent>;
}

/** What an adapter is made from. */
export interface ProviderOptions {
  /** Without a slash at the end. */
  readonly baseUrl: string;
  /** Undefined where the user has set none. */
  readonly key?: string | undefined;
}

/** One row of the provider catalog. */
export interface ProviderEntry {
  readonly id: string;
  /** Name for people. */
  readonly name: string;
  /** `""` where there is no server. */
  readonly defaultBaseUrl: string;
  /** True if an adapter made from these options could send requests: it has the key that it needs, or needs none. */
  isConfigured(options: ProviderOptions): boolean;
  /** Loads the adapter, with its vendor's SDK, on first use. */
  open(options: ProviderOptions): Promise<Provider>;
}
