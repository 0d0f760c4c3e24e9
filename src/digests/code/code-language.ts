/** How comments are written: marks that start a line of comment, and pairs of marks around one of several lines. */
export interface CommentMarks {
  readonly line: readonly string[];
  readonly block?: readonly [start: string, end: string] | undefined;
}

/** A language of source code. */
export interface Language {
  readonly name: string;
  readonly comments: CommentMarks;
  /** Name of its grammar, if the outline comes from one. */
  readonly grammar?: string | undefined;
  /** Where there is no grammar: finds what a line without an indent defines, its kind and name. */
  readonly definition?: RegExp | undefined;
}

export const slashes: CommentMarks = { line: ["//"], block: ["/*", "*/"] };
export const hash: CommentMarks = { line: ["#"] };
export const dashes: CommentMarks = { line: ["--"] };
export const semicolon: CommentMarks = { line: [";"] };

/** A language whose outline comes from its grammar. */
export function grammar(name: string, grammarName: string, comments: CommentMarks): Language {
  return { name, grammar: grammarName, comments };
}

/** A language whose outline comes from the starts of its lines. */
export function lines(name: string, comments: CommentMarks, definition?: RegExp): Language {
  return { name, comments, definition };
}
