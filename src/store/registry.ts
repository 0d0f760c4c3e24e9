import { isAbort, isContextError } from "../core/errors.ts";
import type { Registry } from "../core/ports/registry.ts";
import type { SessionPage, SessionView } from "../core/session/session.ts";
import { createThread, type Thread } from "../threads/thread.ts";
import type { RegistryMethod, RegistryPorts } from "./registry-methods.ts";

/** Where the registry lives. */
export interface RegistryOptions {
  /** The built or source file of `registry-thread.ts`. */
  readonly thread: string | URL;
  /** The folder of `registry.sqlite`; created by the first call. */
  readonly folder: string;
}

/** The registry in `folder`, and the operations log and the ledger beside it. Nothing is started or opened before the first call. `close` waits for the calls before it. */
export function createRegistry(
  options: RegistryOptions,
): RegistryPorts & { close(): Promise<void> } {
  const { call, onDidChange, close } = connect(createThread(options.thread, options.folder));
  const calls = Object.fromEntries(
    Object.keys(methods).map((method) => [
      method,
      (...args: never[]) => call(method as RegistryMethod, ...(args as never)),
    ]),
  ) as unknown as Omit<RegistryPorts, "onDidChange">;
  return { ...calls, view: (sessionId) => wholeView(calls, sessionId), onDidChange, close };
}

/** The compiler asks for each method of the ports, so that none is forgotten. */
const methods: Record<RegistryMethod, true> = {
  sessions: true,
  createSession: true,
  renameSession: true,
  deleteSession: true,
  view: true,
  page: true,
  addFiles: true,
  changeFiles: true,
  removeFiles: true,
  restoreFiles: true,
  content: true,
  saveContents: true,
  claimUpload: true,
  changeUpload: true,
  advanceUpload: true,
  openUploads: true,
  uploads: true,
  append: true,
  operations: true,
  resolveInterrupted: true,
  useCopies: true,
  dueCopies: true,
  mayExpire: true,
  trashCopy: true,
  trash: true,
  overdueTrash: true,
  purgeCopy: true,
  restoreCopy: true,
  trimCopies: true,
  digests: true,
  saveDigests: true,
  phases: true,
  savePhase: true,
  findings: true,
  saveFinding: true,
  removeFinding: true,
  saveFiles: true,
  clearSavedFiles: true,
  saveRequest: true,
  saveAnswer: true,
  chain: true,
  conversation: true,
  requests: true,
  forgetTexts: true,
  snapshot: true,
  addSnapshot: true,
  writeContexts: true,
  checkRows: true,
  mendRows: true,
  rebuild: true,
  whyReadOnly: true,
};

/** So many files that reading them from the thread holds up the extension host for some ten milliseconds at most. */
const pageSize = 2_000;

/** A session of any size, page by page. While others change it all the time, it is read in one piece. */
async function wholeView(
  registry: Pick<Registry, "page" | "view">,
  sessionId: string,
): Promise<SessionView | undefined> {
  for (let attempt = 0; attempt < 3; attempt++) {
    const pages: SessionPage[] = [];
    for (let from = 0; ; from += pageSize) {
      const page = await registry.page(sessionId, from, pageSize);
      if (!page) return undefined;
      if (page.revision !== (pages[0] ?? page).revision) break;
      pages.push(page);
      if (from + pageSize < page.total) continue;
      return { session: page.session, files: pages.flatMap(({ files }) => files) };
    }
  }
  return registry.view(sessionId);
}

type Answer<M extends RegistryMethod> = Awaited<ReturnType<RegistryPorts[M]>>;

interface Connection {
  readonly call: <M extends RegistryMethod>(
    method: M,
    ...args: Parameters<RegistryPorts[M]>
  ) => Promise<Answer<M>>;
  readonly onDidChange: RegistryPorts["onDidChange"];
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
    ...args: Parameters<RegistryPorts[M]>
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
