import { serve } from "../../src/threads/serve.ts";

// A stand-in for the thread: it dies when told to, and answers with the text else.
serve({
  diff(before: string): unknown {
    if (before === "die") process.exit(3);
    return before;
  },
});
