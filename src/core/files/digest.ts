import type { ContentId } from "./content.ts";

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
  /** The digest in words, ready to stand in a prompt. */
  readonly text: string;
}
