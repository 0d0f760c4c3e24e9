/** The `vscode` module as far as activation uses it: registers everything, does nothing. What it lacks is an inert value that can be called. */
export function vscodeStub(): object {
  const known: Readonly<Record<string, unknown>> = {
    EventEmitter,
    Disposable,
    Uri: { file: uri, joinPath: (base: { fsPath: string }) => uri(base.fsPath), parse: uri },
    workspace: falling({
      workspaceFolders: undefined,
      workspaceFile: undefined,
      isTrusted: true,
      getConfiguration: () => ({ get: () => undefined }),
    }),
    window: falling({ createTreeView }),
  };
  return falling(known);
}

/** What VS Code hands to `activate`, for an extension in `extensionFolder` that may keep its files in `storeFolder`. */
export function contextStub(extensionFolder: string, storeFolder: string): object {
  const memento = { get: () => undefined, update: async () => undefined, keys: () => [] };
  const secrets = {
    get: async () => undefined,
    store: async () => undefined,
    delete: async () => undefined,
    onDidChange: () => new Disposable(),
  };
  return {
    subscriptions: [],
    extensionPath: extensionFolder,
    extensionUri: uri(extensionFolder),
    globalStorageUri: uri(storeFolder),
    globalState: memento,
    workspaceState: memento,
    secrets,
  };
}

interface TreeProvider {
  getChildren(): Promise<unknown>;
}

let tree: TreeProvider | undefined;

/** Asks for the rows of the tree that was registered, as VS Code does when the view is opened. */
export async function openTree(): Promise<void> {
  if (!tree) throw new Error("activation registered no tree");
  await tree.getChildren();
}

function createTreeView(_id: string, options: { treeDataProvider: TreeProvider }): object {
  tree = options.treeDataProvider;
  return falling({ visible: false });
}

class Disposable {
  static from(): Disposable {
    return new Disposable();
  }

  dispose(): void {}
}

class EventEmitter<T> {
  readonly #listeners = new Set<(event: T) => void>();
  readonly event = (listener: (event: T) => void): Disposable => {
    this.#listeners.add(listener);
    return new Disposable();
  };

  fire(event: T): void {
    for (const listener of this.#listeners) listener(event);
  }

  dispose(): void {}
}

function uri(path: string): { fsPath: string; toString(): string } {
  return { fsPath: path, toString: () => `file://${path}` };
}

/** The object, with an inert value for each property that it lacks. */
function falling(known: object): object {
  return new Proxy(known, {
    get: (target, key) => (Reflect.has(target, key) ? Reflect.get(target, key) : inert),
    has: () => true,
  });
}

const inert: object = new Proxy(function nothing() {}, {
  // Whoever awaits it must get it at once, and whoever turns it into a text must get one.
  get: (_target, key) => {
    if (key === "then") return undefined;
    return key === Symbol.toPrimitive ? () => "" : inert;
  },
  apply: () => inert,
  construct: () => inert,
});
