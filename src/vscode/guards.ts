import { createGuard, guarded, type Guard, type GuardParts } from "../core/resilience/guard.ts";
import type { Provider } from "../core/ports/provider.ts";

/** The guards of all accounts, as long as the window lives. */
export interface Guards {
  /** What the account of a provider is guarded by. */
  of(provider: Provider): Guard;
  /** The provider behind the guard of its account. */
  guarded(provider: Provider): Provider;
}

export function createGuards(): Guards {
  const guards = new Map<string, Guard>();
  const of = (provider: Provider): Guard => {
    const { provider: id, baseUrl, account } = provider.account;
    const key = JSON.stringify([id, baseUrl, account]);
    const guard = guards.get(key) ?? createGuard(provider, parts);
    guards.set(key, guard);
    return guard;
  };
  return { of, guarded: (provider) => guarded(provider, of(provider), parts) };
}

/** Waits, and stops as soon as the signal is aborted. */
export function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
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

const parts: GuardParts = { now: Date.now, wait, random: Math.random };
