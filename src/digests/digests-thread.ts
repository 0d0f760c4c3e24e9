import type { Digest } from "../core/files/digest.ts";
import { serve } from "../threads/serve.ts";
import { digest, type DigestInput } from "./digest.ts";
import { createPause } from "./pause.ts";

serve({
  async digest(file: DigestInput, signal: AbortSignal): Promise<Digest> {
    try {
      return await digest(file, createPause(signal));
    } finally {
      // An idle thread collects no garbage: without this it would hold a large file until the next one.
      file.bytes.buffer.transfer(0);
    }
  },
});
