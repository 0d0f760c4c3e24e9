import { serve } from "../../src/threads/serve.ts";

// A stand-in for the thread: it dies when told to, and answers with the name else.
serve({
  digest({ name }: { readonly name: string }): unknown {
    if (name === "die") process.exit(3);
    return { type: name };
  },
});
