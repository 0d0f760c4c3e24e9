import { longestUpload } from "../core/ports/provider-files.ts";

/** Milliseconds for a call that moves no content. */
export const callTimeout = 60_000;

/** Bytes per millisecond of a line so slow that an upload is given up. */
const slowestLine = 50;

/** Milliseconds after which an upload of so many bytes is given up. */
export function uploadTimeout(bytes: number): number {
  return Math.min(longestUpload, callTimeout + Math.ceil(bytes / slowestLine));
}
