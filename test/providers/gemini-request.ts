import { createHash } from "node:crypto";
import type { UploadRequest } from "../../src/core/ports/provider-files.ts";

/** A key that must turn up nowhere but in one header. */
export const key = "AIzaSyCanary-3f9a7c51e2d84b60";

/** The upload of a small table, or of what is changed about it. */
export function upload(
  change: Partial<UploadRequest> & { readonly text?: string } = {},
): UploadRequest {
  const { text = "region,units\nNorth,1\n", ...rest } = change;
  const bytes = rest.bytes ?? new TextEncoder().encode(text);
  const contentId = createHash("sha256").update(bytes).digest("hex");
  return {
    name: `sales.stc-${contentId.slice(0, 12)}-cdef01.csv`,
    contentId,
    file: "sales.csv",
    mediaType: "text/csv",
    bytes,
    purpose: "",
    operationId: "cdef0123-4567-0000-0000-000000000000",
    ...rest,
  };
}
