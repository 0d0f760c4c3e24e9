import { window, type CancellationToken, type ProgressOptions } from "vscode";

/** Runs work under a progress display whose cancel button aborts the signal. */
export async function withSignal<T>(
  options: ProgressOptions,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  return window.withProgress(options, (_progress, token) => work(signalOf(token)));
}

/** The web's form of a cancellation token. */
export function signalOf(token: CancellationToken): AbortSignal {
  const controller = new AbortController();
  if (token.isCancellationRequested) controller.abort();
  token.onCancellationRequested(() => controller.abort());
  return controller.signal;
}
