import type { Usage } from "../../core/ports/provider-chat.ts";

/** Takes what a provider billed from our language models to `@satchel`: the API between the two has no place for it. */
export interface Bills {
  put(requestId: string, usage: Usage): void;
  /** The bill of a request, once; undefined if there was none. */
  take(requestId: string): Usage | undefined;
}

/** Requests of which nobody takes the bill are forgotten. */
const keptAtMost = 100;

export function createBills(): Bills {
  const bills = new Map<string, Usage>();
  return {
    put(requestId, usage) {
      bills.set(requestId, usage);
      const [oldest] = bills.keys();
      if (bills.size > keptAtMost && oldest !== undefined) bills.delete(oldest);
    },
    take(requestId) {
      const usage = bills.get(requestId);
      bills.delete(requestId);
      return usage;
    },
  };
}
