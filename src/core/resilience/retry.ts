import { isContextError, type ContextErrorCode } from "../errors.ts";

/** Requests for one call, the first one included. */
const attempts = 3;

/** A call waits so long for its next attempt at most, in milliseconds; longer waits are for the user to know of. */
export const longestWait: number = 60_000;

/** Failures that may pass by themselves. All others veto another attempt, a used-up quota among them. */
const passing: ReadonlySet<ContextErrorCode> = new Set(["provider-busy", "provider-unreachable"]);

/** True if the same request may succeed later. */
export function mayPass(error: unknown): boolean {
  return isContextError(error) && passing.has(error.code);
}

/**
 * Milliseconds to wait before the next attempt after the `attempt`-th has failed with `error`: what the provider asks for, else exponential with full
 * jitter (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/). Undefined if there should be none. `random` gives numbers
 * from 0 to 1.
 */
export function retryDelay(
  error: unknown,
  attempt: number,
  random: () => number,
): number | undefined {
  if (!isContextError(error) || !mayPass(error) || attempt >= attempts) return undefined;
  const backoff = random() * Math.min(8_000, 500 * 2 ** attempt);
  return Math.max(error.facts.retryAfter ?? 0, backoff);
}

/** How many retries an account is allowed: a server in trouble must not be asked ever more often. */
export interface RetryBudget {
  /** Takes one retry; false if there is none left. */
  take(now: number): boolean;
}

/** At most ten retries in any minute. */
export function createRetryBudget(): RetryBudget {
  let taken: readonly number[] = [];
  return {
    take(now) {
      taken = taken.filter((time) => now - time < 60_000);
      if (taken.length >= 10) return false;
      taken = [...taken, now];
      return true;
    },
  };
}
