import type { ContentId } from "../../core/files/content.ts";

/** The way from the store's folder to the blob of a content, with slashes. */
export function wayToBlob(contentId: ContentId): string {
  return `blobs/${contentId.slice(0, 2)}/${contentId.slice(2)}`;
}

/** The content whose blob lies there; undefined for the path of anything else. */
export function contentIdAt(path: string): ContentId | undefined {
  const parts = /^blobs\/([0-9a-f]{2})\/([0-9a-f]{62})$/u.exec(path);
  return parts ? `${parts[1]}${parts[2]}` : undefined;
}

/** The session whose saved file context lies there; undefined for the path of anything else. */
export function sessionIdAt(path: string): string | undefined {
  return /^sessions\/([^/]+)\/file_context\.json$/u.exec(path)?.[1];
}
