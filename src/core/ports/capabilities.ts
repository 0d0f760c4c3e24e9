/** How a chat of the same provider can be shown an uploaded file. */
export type ChatUse =
  /** By its id: the provider reads it. */
  | "reference"
  /** As the text that the provider made of it, which is fetched once and put into the request. */
  | "text"
  /** Not at all: the provider only stores it. */
  | "none";

/** What files can be uploaded for, at one provider. */
export interface Purpose {
  /** The provider's own word, for example `user_data`; `""` where it has none. */
  readonly name: string;
  /** Media types that it takes: `application/pdf`, `image/*`, `*`. The first purpose of a provider that takes a file is used. */
  readonly mediaTypes: readonly string[];
  /** Largest file in bytes. */
  readonly maxBytes: number;
  readonly chatUse: ChatUse;
  /** Most files that an account may hold for this purpose; undefined if there is no limit, or only one for all purposes. */
  readonly maxFiles?: number | undefined;
}

/** A range of lifetimes in milliseconds. */
export interface LifetimeRange {
  readonly min: number;
  readonly max: number;
}

/** What a provider does with files, as data. */
export interface FileCapabilities {
  readonly purposes: readonly Purpose[];
  /** Lifetimes that an upload may ask for; undefined if it may ask for none. */
  readonly lifetime?: LifetimeRange | undefined;
  /** Milliseconds after which every file is dropped, whatever was asked for; undefined if files stay. */
  readonly fixedLifetime?: number | undefined;
  /** Most bytes and files that an account may hold. */
  readonly quota: { readonly files?: number | undefined; readonly bytes?: number | undefined };
  /** True if the bytes of an uploaded file can be had back. */
  readonly downloads: boolean;
  /**
   * Milliseconds for which a stored file may be missing in the list: waited for before an upload whose outcome is unknown is sent again. Where no
   * page tells, a careful guess.
   */
  readonly listLag: number;
  /** Uploads that may run at the same time. */
  readonly uploadsAtOnce: number;
  /** Whose files the list shows, for example `the whole organisation`: others' files are among them. */
  readonly listScope: string;
}

/** What a provider's chat takes, as data. */
export interface ChatCapabilities {
  /** Media types of files that may stand in a request as bytes, like `Purpose.mediaTypes`. */
  readonly inlineTypes: readonly string[];
  /** True if the provider counts the tokens of a request. */
  readonly countsTokens: boolean;
  /** The field of a reply that tells cached tokens, for the documentation. */
  readonly cachedTokensField: string;
  /** How a request marks what should be cached; `none` if prefixes are cached without being asked. */
  readonly cacheMarks: "none" | "breakpoints";
  /** Milliseconds for which a prompt stays in the cache after its last use; undefined if the provider does not tell. */
  readonly cacheLifetime?: number | undefined;
}

/** What a provider can do, as data. */
export interface Capabilities {
  /** Undefined for a provider that stores no files. */
  readonly files?: FileCapabilities | undefined;
  /** Undefined for a provider that has no models. */
  readonly chat?: ChatCapabilities | undefined;
  /** True if its models answer; false if a chat only shows what would be sent. */
  readonly answers: boolean;
}
