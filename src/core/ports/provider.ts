import type { Capabilities } from "./capabilities.ts";
import type { ProviderChat } from "./provider-chat.ts";
import type { ProviderFiles } from "./provider-files.ts";

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

/**
 * An account at a service that stores files, answers chats, or both. An adapter translates, and decides nothing: no retries, no dedup, no cache.
 * All methods reject with `ContextError`: `key-missing`, `key-rejected`, `quota-exceeded` (of money or storage: waiting does not
 * help), `provider-busy` (with `retryAfter` where the provider said it), `provider-unreachable`, `provider-rejected`,
 * `provider-file-gone`, `response-malformed`; and with an `AbortError` once `signal` is aborted, within a second.
 */
export interface Provider {
  readonly account: ProviderAccount;
  readonly capabilities: Capabilities;
  /** There if `capabilities.files` is. */
  readonly files?: ProviderFiles | undefined;
  /** There if `capabilities.chat` is. */
  readonly chat?: ProviderChat | undefined;
}

/** A provider that is known to have files, or a chat, or both. */
export type ProviderWith<Part extends "files" | "chat"> = Provider & {
  readonly [Key in Part]-?: NonNullable<Provider[Key]>;
};

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
  /** `""` where there is no server, or the user has to name it. */
  readonly defaultBaseUrl: string;
  /** Where a key can be had; undefined where none is needed. */
  readonly keyPage?: string | undefined;
  /** What its adapter can do. */
  readonly capabilities: Capabilities;
  /** True if an adapter made from these options could send requests: it has the key and the address that it needs. */
  isConfigured(options: ProviderOptions): boolean;
  /** Loads the adapter, with its vendor's SDK, on first use. */
  open(options: ProviderOptions): Promise<Provider>;
}
