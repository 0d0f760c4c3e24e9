import { createHash } from "node:crypto";
import type { UploadRequest } from "../../src/core/ports/provider-files.ts";

/** The upload of a file of the user. `id` are the first six digits of the upload's id. */
export function upload(
  file: string,
  text: string | Uint8Array<ArrayBuffer>,
  id = "cdef01",
): UploadRequest {
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  const contentId = createHash("sha256").update(bytes).digest("hex");
  const dot = file.lastIndexOf(".");
  return {
    name: `${file.slice(0, dot)}.stc-${contentId.slice(0, 12)}-${id}${file.slice(dot)}`,
    contentId,
    mediaType: file.endsWith(".png") ? "image/png" : "text/csv",
    bytes,
    purpose: "user-files",
    file,
  };
}
