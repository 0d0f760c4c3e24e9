/** A session as it happened, to be replayed. */
export interface Trace {
  readonly name: string;
  /** Tokens that a request may hold. */
  readonly window: number;
  /** Path → text of the base files. */
  readonly base: Readonly<Record<string, string>>;
  readonly turns: readonly TraceTurn[];
}

export interface TraceTurn {
  readonly ask: string;
  /** Path → text on disk of the files that the user adds or mentions; null for one that is not there. */
  readonly open: Readonly<Record<string, string | null>>;
  readonly answer: string;
  /** Path → text on disk afterwards; null: deleted. */
  readonly after: Readonly<Record<string, string | null>>;
}

/** Characters of a message: its place in the request, the first character, and the one behind the last. */
export type TextSpan = readonly [message: number, start: number, end: number];

/** One request of a replay. */
export interface Payload {
  readonly turn: number;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  /** Where each file stands: its last whole text, and the diffs behind it. */
  readonly files: readonly {
    readonly path: string;
    readonly full: TextSpan;
    readonly diffs: readonly TextSpan[];
  }[];
}
