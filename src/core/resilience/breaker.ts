import { ContextError } from "../errors.ts";
import { mayPass } from "./retry.ts";

/** Keeps calls from an account that fails again and again, so that nobody waits in vain and its server can recover. */
export interface Breaker {
  /** Makes the call, or rejects with `provider-busy` while the account is left alone. */
  call<Result>(make: () => Promise<Result>): Promise<Result>;
}

const failuresInARow = 5;
const pause = 30_000;

/**
 * A circuit breaker (https://martinfowler.com/bliki/CircuitBreaker.html): after five failures in a row nothing is sent for thirty seconds, then one call at a
 * time tries it again. Failures that are the caller's, such as a rejected key, do not count.
 */
export function createBreaker(provider: string, now: () => number): Breaker {
  let failures = 0;
  let restsUntil = 0;
  let isTrying = false;
  const resting = (): ContextError =>
    new ContextError(
      "provider-busy",
      `${provider} failed ${failuresInARow} times in a row and is left alone for ${pause / 1000} seconds: try again after that`,
      { provider, retryAfter: Math.max(1_000, restsUntil - now()) },
    );
  return {
    async call(make) {
      const isOpen = failures >= failuresInARow;
      if (isOpen && (now() < restsUntil || isTrying)) throw resting();
      isTrying = isOpen;
      try {
        const result = await make();
        failures = 0;
        return result;
      } catch (error) {
        failures = mayPass(error) ? failures + 1 : 0;
        if (failures >= failuresInARow) restsUntil = now() + pause;
        throw error;
      } finally {
        isTrying = false;
      }
    },
  };
}
