import { serve } from "../../src/threads/serve.ts";

// A stand-in for the thread: it dies when told to, and counts characters else.
serve({
  count([text = ""]: readonly string[]): readonly number[] {
    if (text === "die") process.exit(3);
    return [text.length];
  },
});
