/** The few values of the `vscode` module that code outside of the real VS Code is tested with. Everything else is tested in the real one. */

/** Settings by full name; tests change them. */
export const settings = new Map<string, unknown>();

export const workspace = {
  getConfiguration: (section: string) => ({
    get: (key: string): unknown => settings.get(`${section}.${key}`),
  }),
};

export class EventEmitter<T> {
  readonly #listeners = new Set<(event: T) => void>();
  readonly event = (listener: (event: T) => void): { dispose(): void } => {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  };

  fire(event: T): void {
    for (const listener of this.#listeners) listener(event);
  }

  dispose(): void {
    this.#listeners.clear();
  }
}
