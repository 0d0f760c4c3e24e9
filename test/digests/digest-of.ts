import type { Digest } from "../../src/core/files/digest.ts";
import { digest } from "../../src/digests/digest.ts";
import type { Pause } from "../../src/digests/pause.ts";

const noPause: Pause = () => Promise.resolve();

/** The digest of a file that holds this text or these bytes, made without a thread. */
export function digestOf(
  name: string,
  content: string | Uint8Array,
  pause: Pause = noPause,
): Promise<Digest> {
  return digest({ contentId: "id", name, bytes: new Uint8Array(Buffer.from(content)) }, pause);
}
