/** Lower-case hex SHA-256 of a file's bytes. Equal bytes have equal ids, across sessions and providers. */
export type ContentId = string;

/** What is known of one content id, whichever files hold it. */
export interface Content {
  readonly contentId: ContentId;
  /** Size in bytes. */
  readonly bytes: number;
  /** For example `text/csv`; by name, or `application/octet-stream`. */
  readonly mediaType: string;
  /** Lines of a text (a last line without line break counts); undefined for binary content. */
  readonly lines?: number | undefined;
  /** Exact `o200k_base` tokens of a text; undefined until counted, and for binary content. */
  readonly tokens?: number | undefined;
}

/** True if the content is text that can stand in a prompt. */
export function isText(content: Content): boolean {
  return content.lines !== undefined;
}

/** The first twelve digits of a content id: enough to tell contents apart in a list. */
export function shortId(contentId: ContentId): string {
  return contentId.slice(0, 12);
}
