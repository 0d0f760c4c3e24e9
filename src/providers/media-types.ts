/** Images that all chats with eyes take. */
const imageTypes = ["image/png", "image/jpeg", "image/webp", "image/gif"] as const;

export const pdfAndImages: readonly string[] = ["application/pdf", ...imageTypes];

const office = "application/vnd.openxmlformats-officedocument";

/** Documents, presentations and tables of Office programs, Microsoft's and others'. */
export const officeTypes: readonly string[] = [
  "application/msword",
  "application/rtf",
  "application/vnd.ms-excel",
  "application/vnd.ms-powerpoint",
  "application/vnd.oasis.opendocument.text",
  `${office}.wordprocessingml.document`,
  `${office}.spreadsheetml.sheet`,
  `${office}.presentationml.presentation`,
];

/** Media types of texts. */
export const textTypes: readonly string[] = [
  "text/*",
  "application/json",
  "application/json5",
  "application/ld+json",
  "application/geo+json",
  "application/manifest+json",
  "application/x-ndjson",
  "application/x-ipynb+json",
  "application/xml",
  "application/xhtml+xml",
  "application/rss+xml",
  "application/atom+xml",
  "application/gpx+xml",
  "application/wsdl+xml",
  "application/xliff+xml",
  "application/toml",
  "application/sql",
  "image/svg+xml",
];

/** True for the media type of a text. */
export function isTextType(mediaType: string): boolean {
  return mediaType.startsWith("text/") || textTypes.includes(mediaType);
}

/** True for an image that all chats with eyes take. */
export function isImage(mediaType: string): boolean {
  return imageTypes.some((type) => type === mediaType);
}
