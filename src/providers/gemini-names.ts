import type { UploadRequest } from "../core/ports/provider-files.ts";

/** Longest name of a file, without `files/`: lower-case letters, digits and dashes. */
// https://ai.google.dev/api/files
const longest = 40;

/**
 * Names to store a file under, `files/` left out. The first depends on the bytes alone, so that an account holds them once. The other is for the case that it
 * is taken by what the account cannot see: an upload that was broken off can hold its name without being listed.
 */
// https://github.com/googleapis/python-genai/issues/913
export function namesFor({
  contentId,
  operationId,
}: Pick<UploadRequest, "contentId" | "operationId">): readonly [string, string] {
  const id = operationId ?? crypto.randomUUID();
  const own = id.replace(/[^0-9a-f]/g, "").slice(0, 8);
  return [contentId.slice(0, longest), `${contentId.slice(0, longest - 9)}-${own || "0"}`];
}
