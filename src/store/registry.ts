import { isAbort, isContextError } from "../core/errors.ts";
import type { Registry } from "../core/ports/registry.ts";
import { createThread, type Thread } from "../threads/thread.ts";
import type { RegistryMethod } from "./registry-methods.ts";

/** Where the registry lives. */
export interface RegistryOptions {
  /** The built or source file of `registry-thread.ts`. */
  readonly thread: string | URL;
  /** The folder of `registry.sqlite`; created by the first call. */
  readonly folder: string;
}

/** The registry in `folder`. Nothing is started or opened before the first call. `close` waits for the calls before it. */
export function createRegistry(options: RegistryOptions): Registry & { close(): Promise<void> } {
  const { call, onDidChange, close } = connect(createThread(options.thread, options.folder));
  return {
    sessions: (workspace) => call("sessions", workspace),
    createSession: (session) => call("createSession", session),
    renameSession: (id, name) => call("renameSession", id, name),
    deleteSession: (id) => call("deleteSession", id),
    view: (sessionId) => call("view", sessionId),
    addFiles: (files) => call("addFiles", files),
    changeFiles: (changes) => call("changeFiles", changes),
    removeFiles: (ids) => call("removeFiles", ids),
    restoreFiles: (files) => call("restoreFiles", files),
    content: (contentId) => call("content", contentId),
    saveContents: (contents) => call("saveContents", contents),
    claimUpload: (upload, leaseMs) => call("claimUpload", upload, leaseMs),
    changeUpload: (id, change) => call("changeUpload", id, change),
    uploads: (key) => call("uploads", key),
    onDidChange,
    close,
  };
}

type Answer<M extends RegistryMethod> = Awaited<ReturnType<Registry[M]>>;

interface Connection {
  readonly call: <M extends RegistryMethod>(
    method: M,
    ...args: Parameters<Registry[M]>
  ) => Promise<Answer<M>>;
  readonly onDidChange: Registry["onDidChange"];
  readonly close: () => Promise<void>;
}

function connect(thread: Thread): Connection {
  const listeners = new Set<() => void>();
  let used = false;
  const tell = async (method: "listen" | "unlisten" | "close"): Promise<void> => {
    used = true;
    // What is wrong with the store is said by the calls that need it.
    await thread.call(method, []).catch(() => undefined);
  };
  async function call<M extends RegistryMethod>(
    method: M,
    ...args: Parameters<Registry[M]>
  ): Promise<Answer<M>> {
    used = true;
    try {
      return await thread.call<Answer<M>>(method, args);
    } catch (error) {
      // The thread may have died, and the one that takes its place does not know of our listeners.
      if (listeners.size > 0 && !isContextError(error) && !isAbort(error)) void tell("listen");
      throw error;
    }
  }
  thread.onEvent(() => {
    for (const listener of listeners) listener();
  });
  return {
    call,
    onDidChange(listener) {
      // Each registration is its own, even if a function is registered twice.
      const own = (): void => listener();
      listeners.add(own);
      if (listeners.size === 1) void tell("listen");
      return () => {
        if (listeners.delete(own) && listeners.size === 0) void tell("unlisten");
      };
    },
    async close() {
      if (used) await tell("close");
      await thread.close();
    },
  };
}
