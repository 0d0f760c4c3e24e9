/** What a `file_context.json` of another tool says: the files that it looked at in one session, and what it saw in them. */
export interface ForeignFileContext {
  /** As written, for example `2025-11-20T13:23:07.152257`; `""` if it is not told. */
  readonly timestamp: string;
  /** The other tool's id of its session; `""` if it is not told. */
  readonly sessionId: string;
  readonly files: readonly ForeignFile[];
  /** All files in words; `""` if they are not told. */
  readonly text: string;
}

/** One file in a `file_context.json`. */
export interface ForeignFile {
  /** As written: relative or absolute, in the other tool's world. Never to be opened unasked. */
  readonly path: string;
  readonly name: string;
  /** Kind of file in a word, for example `csv`; from the name's ending, or `file`, if it is not told. */
  readonly type: string;
  /** Size in millions of bytes. */
  readonly sizeMb?: number | undefined;
  /** Column names of a table. */
  readonly columns?: readonly string[] | undefined;
  /** Records of a table. */
  readonly rows?: number | undefined;
  /** First records of a table; plain JSON values. */
  readonly preview?: readonly unknown[] | undefined;
}
