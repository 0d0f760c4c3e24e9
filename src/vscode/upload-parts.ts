import { createRetryBudget, type RetryBudget } from "../core/files/retry.ts";
import type { SettleParts, UploadParts } from "../core/files/upload-parts.ts";
import type { Provider } from "../core/ports/provider.ts";
import type { Parts } from "./parts.ts";

/** One for each account, as long as the window lives. */
const budgets = new Map<string, RetryBudget>();

/** What speaking with a provider about uploads takes in this window. */
export function settlePartsFor(
  { registry }: Pick<Parts, "registry">,
  provider: Provider,
): SettleParts {
  return { registry, provider, now: Date.now, wait };
}

/** What an upload takes in this window, beside what belongs to the one upload. */
export function uploadPartsFor(
  parts: Parts,
  provider: Provider,
): Omit<UploadParts, "confirm" | "newId" | "onRetry"> {
  const { copies, contents } = parts;
  return {
    ...settlePartsFor(parts, provider),
    copies,
    contents,
    random: Math.random,
    budget: budgetOf(provider),
  };
}

function budgetOf({ account }: Provider): RetryBudget {
  const key = [account.provider, account.baseUrl, account.account].join(" ");
  const known = budgets.get(key) ?? createRetryBudget();
  budgets.set(key, known);
  return known;
}

/** Waits, and stops as soon as the signal is aborted. */
function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}
