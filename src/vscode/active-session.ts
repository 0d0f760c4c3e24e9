import { EventEmitter, workspace, type Disposable, type Event, type Memento } from "vscode";
import { countMissingTokens, isUncounted } from "../core/files/count-tokens.ts";
import { refreshFiles } from "../core/files/refresh.ts";
import { newFence } from "../core/context/fence.ts";
import { isAbort } from "../core/errors.ts";
import type { Contents } from "../core/ports/contents.ts";
import type { Registry } from "../core/ports/registry.ts";
import type { TokenCounter } from "../core/ports/token-counter.ts";
import type { Watcher } from "../core/ports/watcher.ts";
import type { Session, SessionView } from "../core/session/session.ts";
import type { Report } from "./report.ts";
import { readSettings } from "./settings.ts";

export interface ActiveSessionParts {
  readonly registry: Registry;
  readonly contents: Contents;
  readonly tokens: TokenCounter;
  readonly watcher: Watcher;
  readonly workspaceState: Memento;
  readonly report: Report;
}

const activeKey = "activeSession";
const reloadDelay = 100;

/**
 * The one session that is active in this window, kept in step with the registry and the disk. Nothing is read before somebody asks for it;
 * from then on, changes of any window and of the files on disk are followed.
 */
export class ActiveSession implements Disposable {
  readonly #parts: ActiveSessionParts;
  readonly #changed = new EventEmitter<void>();
  readonly #closing = new AbortController();
  readonly #stops: (() => void)[] = [];
  #view: Promise<SessionView | undefined> | undefined;
  #lastTurn: Promise<unknown> = Promise.resolve();
  #counting = false;
  #reloading: ReturnType<typeof setTimeout> | undefined;

  /** Fires when the session, or anything about its files, has changed: ask for `view()` again. */
  readonly onDidChange: Event<void> = this.#changed.event;

  constructor(parts: ActiveSessionParts) {
    this.#parts = parts;
  }

  /** The active session as it is now; undefined while the workspace has none. */
  async view(): Promise<SessionView | undefined> {
    const first = this.#stops.length === 0;
    if (first) this.#follow();
    this.#view ??= this.#load().catch((error: unknown) => {
      // What could not be read now may be readable the next time.
      this.#view = undefined;
      throw error;
    });
    const view = await this.#view;
    if (first && view) void this.#quietly(this.#refresh(view));
    return view;
  }

  /** The active session, once the work that changes it is done; the workspace's first one is made on the way. */
  ensure(): Promise<SessionView> {
    return this.inTurn(async (view) => view);
  }

  /** The active session with every change that was committed before this call, announced or not. */
  latest(): Promise<SessionView> {
    this.#view = undefined;
    return this.ensure();
  }

  /** Runs work that changes the session after all such work before it, so that files stand in the order in which the user added them. */
  inTurn<T>(work: (view: SessionView) => Promise<T>): Promise<T> {
    const turn = this.#lastTurn.then(async () =>
      work((await this.view()) ?? (await this.create("Session 1"))),
    );
    this.#lastTurn = turn.catch(() => undefined);
    return turn;
  }

  async create(name: string): Promise<SessionView> {
    const session: Session = {
      id: crypto.randomUUID(),
      name,
      workspace: workspaceKey(),
      fence: newFence(),
      createdAt: Date.now(),
    };
    await this.#parts.registry.createSession(session);
    await this.switchTo(session.id);
    return { session, files: [] };
  }

  async switchTo(sessionId: string): Promise<void> {
    await this.#parts.workspaceState.update(activeKey, sessionId);
    this.#invalidate();
  }

  /** The sessions of this workspace, oldest first. */
  sessions(): Promise<readonly Session[]> {
    return this.#parts.registry.sessions(workspaceKey());
  }

  /** Compares all files with the disk. */
  async refresh(): Promise<void> {
    const view = await this.view();
    if (view) await this.#refresh(view);
    this.#invalidate();
  }

  dispose(): void {
    this.#closing.abort();
    clearTimeout(this.#reloading);
    for (const stop of this.#stops) stop();
    this.#changed.dispose();
  }

  #follow(): void {
    const { registry, watcher } = this.#parts;
    this.#stops.push(
      registry.onDidChange(() => this.#reloadSoon()),
      watcher.onDidChange((uri) => void this.#quietly(this.#fileChanged(uri))),
    );
  }

  /** Changes come in bursts; one announcement is enough for many. */
  #reloadSoon(): void {
    this.#view = undefined;
    this.#reloading ??= setTimeout(() => this.#invalidate(), reloadDelay);
  }

  #invalidate(): void {
    clearTimeout(this.#reloading);
    this.#reloading = undefined;
    this.#view = undefined;
    this.#changed.fire();
  }

  async #load(): Promise<SessionView | undefined> {
    const { registry, watcher, workspaceState } = this.#parts;
    const chosen = workspaceState.get<string>(activeKey);
    const view = chosen === undefined ? undefined : await registry.view(chosen);
    const [oldest] = view ? [] : await this.sessions();
    const active = view ?? (oldest && (await registry.view(oldest.id)));
    watcher.watch(active?.files.map(({ file }) => file.uri) ?? []);
    if (active?.files.some(isUncounted)) void this.#quietly(this.#countTokens(active));
    return active;
  }

  async #fileChanged(uri: string): Promise<void> {
    const view = await this.view();
    const file = view?.files.find((candidate) => candidate.file.uri === uri);
    if (view && file) await this.#refresh({ ...view, files: [file] });
  }

  async #refresh(view: SessionView): Promise<void> {
    const files = view.files.map(({ file }) => file);
    await refreshFiles(this.#parts, files, readSettings().maxBytes);
  }

  /** Token counts are not waited for: rows show without them first. One pass runs at a time; what comes meanwhile gets the next one. */
  async #countTokens(view: SessionView): Promise<void> {
    if (this.#counting) return;
    this.#counting = true;
    try {
      await countMissingTokens(this.#parts, view.files, this.#closing.signal);
    } finally {
      this.#counting = false;
    }
    const now = await this.view();
    if (now !== view && now?.files.some(isUncounted)) await this.#countTokens(now);
  }

  /** Work that nobody waits for must not interrupt anybody when it fails. */
  async #quietly(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      if (!isAbort(error)) this.#parts.report.log.warn(String(error));
    }
  }
}

/** What a session is bound to: the workspace file, else the first folder, else nothing. */
function workspaceKey(): string {
  return (workspace.workspaceFile ?? workspace.workspaceFolders?.[0]?.uri)?.toString() ?? "";
}
