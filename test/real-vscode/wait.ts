import { setTimeout as delay } from "node:timers/promises";

const timeoutMs = 15_000;
const intervalMs = 50;

/** Asks again until there is an answer, for 15 seconds. The error says what was awaited. */
export async function waitFor<T>(
  awaited: string,
  ask: () => Promise<T | undefined>,
  limitMs: number = timeoutMs,
): Promise<T> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`Waited ${limitMs} ms in vain for ${awaited}`);
    await delay(intervalMs);
  }
}

/** Waits until the condition holds, for 15 seconds. */
export async function waitUntil(awaited: string, holds: () => Promise<boolean>): Promise<void> {
  await waitFor(awaited, async () => ((await holds()) ? true : undefined));
}

/** Names what a browser action was for, should it fail. */
export async function naming<T>(awaited: string, action: Promise<T>): Promise<T> {
  try {
    return await action;
  } catch (cause) {
    throw new Error(`Waited in vain for ${awaited}`, { cause });
  }
}
