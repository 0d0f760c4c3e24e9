import type { Provider } from "../ports/provider.ts";
import type { ChatEvent, ProviderChat } from "../ports/provider-chat.ts";
import type { ProviderFiles } from "../ports/provider-files.ts";
import { createBreaker, type Breaker } from "./breaker.ts";
import { createRetryBudget, longestWait, retryDelay, type RetryBudget } from "./retry.ts";

/** What an account is guarded by, for all calls that one process makes to it. */
export interface Guard {
  readonly breaker: Breaker;
  readonly budget: RetryBudget;
}

export interface GuardParts {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Resolves after so many milliseconds; rejects with an `AbortError` as soon as the signal is aborted. */
  readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** From 0 to 1. */
  readonly random: () => number;
}

/** A guard for one account. */
export function createGuard({ account }: Pick<Provider, "account">, { now }: GuardParts): Guard {
  return { breaker: createBreaker(account.name, now), budget: createRetryBudget() };
}

/**
 * The provider, with calls that change nothing tried up to three times, and all calls behind the account's breaker. Uploads are tried again by `sendUpload`, which
 * searches the list first; answers are not, for they may have been billed.
 */
export function guarded(provider: Provider, guard: Guard, parts: GuardParts): Provider {
  const { files, chat } = provider;
  return {
    ...provider,
    ...(files && { files: guardedFiles(files, guard, parts) }),
    ...(chat && { chat: guardedChat(chat, guard, parts) }),
  };
}

type Call<Args extends unknown[], Result> = (...args: [...Args, AbortSignal]) => Promise<Result>;

function guardedFiles(files: ProviderFiles, guard: Guard, parts: GuardParts): ProviderFiles {
  const again = <Args extends unknown[], Result>(call: Call<Args, Result>): Call<Args, Result> =>
    repeated(guard, parts, call);
  const { download, text, link } = files;
  return {
    upload: (request, signal) => guard.breaker.call(() => files.upload(request, signal)),
    list: again((signal) => files.list(signal)),
    get: again((id: string, signal) => files.get(id, signal)),
    delete: again((id: string, signal) => files.delete(id, signal)),
    ...(download && { download: again((id: string, signal) => download(id, signal)) }),
    ...(text && { text: again((id: string, signal) => text(id, signal)) }),
    ...(link && {
      link: again((id: string, seconds: number, signal) => link(id, seconds, signal)),
    }),
  };
}

function guardedChat(chat: ProviderChat, guard: Guard, parts: GuardParts): ProviderChat {
  const { countTokens } = chat;
  return {
    models: repeated(guard, parts, (signal) => chat.models(signal)),
    chat: (request, signal) => guardedAnswer(guard, () => chat.chat(request, signal)),
    ...(countTokens && {
      countTokens: repeated(guard, parts, (request: Parameters<typeof countTokens>[0], signal) =>
        countTokens(request, signal),
      ),
    }),
  };
}

/** The breaker judges an answer by its beginning. */
async function* guardedAnswer(
  { breaker }: Guard,
  begin: () => AsyncIterable<ChatEvent>,
): AsyncGenerator<ChatEvent, void, undefined> {
  const iterator = begin()[Symbol.asyncIterator]();
  try {
    let next = await breaker.call(() => iterator.next());
    for (; next.done !== true; next = await iterator.next()) yield next.value;
  } finally {
    // Who stops reading stops the request.
    await iterator.return?.();
  }
}

function repeated<Args extends unknown[], Result>(
  { breaker, budget }: Guard,
  { now, wait, random }: GuardParts,
  call: Call<Args, Result>,
): Call<Args, Result> {
  return async (...args) => {
    const signal = args.at(-1) as AbortSignal;
    for (let attempt = 1; ; attempt++) {
      try {
        return await breaker.call(() => call(...args));
      } catch (error) {
        const delay = retryDelay(error, attempt, random);
        if (delay === undefined || delay > longestWait || !budget.take(now())) throw error;
        await wait(delay, signal);
      }
    }
  };
}
