import { ProgressLocation, window, type CancellationToken } from "vscode";

/** A display that comes and goes within a moment helps nobody, and VS Code keeps it for a second. */
const moment = 500;

/** Runs work that the user can cancel: if it takes longer than a moment, a notification says what goes on and has a cancel button. */
export async function withCancel<T>(
  title: string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const running = work(controller.signal);
  const over = running.then(
    () => true,
    () => true,
  );
  const isOver = await Promise.race([
    over,
    new Promise<false>((resolve) => setTimeout(resolve, moment, false)),
  ]);
  if (!isOver) {
    await window.withProgress(
      { location: ProgressLocation.Notification, title, cancellable: true },
      async (_progress, token) => {
        token.onCancellationRequested(() => controller.abort());
        await over;
      },
    );
  }
  return running;
}

/** The web's form of a cancellation token. */
export function signalOf(token: CancellationToken): AbortSignal {
  const controller = new AbortController();
  if (token.isCancellationRequested) controller.abort();
  token.onCancellationRequested(() => controller.abort());
  return controller.signal;
}
