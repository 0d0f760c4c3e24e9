import type { ContentId } from "./content.ts";

/** One thing that is known of a file, for example `pages`, `12`. */
export interface DigestFact {
  readonly name: string;
  readonly value: string;
}

/** What the cells of a column hold. */
export interface ColumnProfile {
  readonly name: string;
  readonly type: "boolean" | "integer" | "number" | "date" | "text" | "mixed" | "empty";
  /** Cells without a value. */
  readonly nulls: number;
  /** Smallest and largest value, as they are written; undefined for a column without values. */
  readonly min?: string | undefined;
  readonly max?: string | undefined;
  /** Different values. */
  readonly distinct?: number | undefined;
  /** True if there are more different values than were counted. */
  readonly moreDistinct?: boolean | undefined;
  /** Rows that were looked at, if not all. */
  readonly ofRows?: number | undefined;
}

/** What an extractor says about one content. Kept by content id, extractor and version, so it is never stale and never made twice. */
export interface Digest {
  readonly contentId: ContentId;
  /** Name of the extractor, for example `table`. */
  readonly extractor: string;
  /** Grows when the extractor would say something else about the same bytes. */
  readonly version: number;
  /** Kind of file in a word, for example `csv`. */
  readonly type: string;
  /** Column names of a table, or the keys of its records. */
  readonly columns?: readonly string[] | undefined;
  /** Records of a table, its header not counted. */
  readonly rows?: number | undefined;
  /** First records of a table, or first lines of a text; plain JSON values. */
  readonly preview: readonly unknown[];
  /** What a person would ask for first, in that order: pages, size in pixels, title. Names begin in lower case. */
  readonly facts?: readonly DigestFact[] | undefined;
  /** The columns of a table one by one. */
  readonly profile?: readonly ColumnProfile[] | undefined;
  /** The digest in words, ready to stand in a prompt. */
  readonly text: string;
}
