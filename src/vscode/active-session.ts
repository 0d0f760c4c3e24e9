import { EventEmitter, workspace, type Disposable, type Event, type Memento } from "vscode";
import { refreshFiles } from "../core/files/refresh.ts";
import { newFence } from "../core/context/text/fence.ts";
import { ContextError, isAbort } from "../core/errors.ts";
import { runOnFiles } from "../core/operations/on-files.ts";
import type { Contents } from "../core/ports/contents.ts";
import type { Digester } from "../core/ports/digester.ts";
import type { Phases } from "../core/ports/phases.ts";
import type { Registry } from "../core/ports/registry.ts";
import type { TokenCounter } from "../core/ports/token-counter.ts";
import type { Upkeep } from "../core/ports/upkeep.ts";
import type { Watcher } from "../core/ports/watcher.ts";
import type { Session, SessionFile, SessionPage, SessionView } from "../core/session/session.ts";
import type { Operations } from "./operations.ts";
import { Background } from "./background.ts";
import type { Report } from "./report.ts";
import { readSettings } from "./settings.ts";

export interface ActiveSessionParts {
  readonly registry: Registry;
  readonly contents: Contents;
  readonly phases: Phases;
  readonly upkeep: Upkeep;
  readonly tokens: TokenCounter;
  readonly digester: Digester;
  readonly watcher: Watcher;
  readonly workspaceState: Memento;
  readonly operations: Operations;
  readonly report: Report;
}

const activeKey = "activeSession";
const reloadDelay = 100;

/**
 * The one session that is active in this window, kept in step with the registry and the disk. Nothing is read before somebody asks for it;
 * from then on, changes of any window and of the files on disk are followed.
 */
export class ActiveSession implements Disposable {
  /** What the user wants the next request to begin: an epoch of today's contents, or one in which files are only named. */
  wantedEpoch: "compact" | "reset" | undefined;

  readonly #parts: ActiveSessionParts;
  readonly #changed = new EventEmitter<void>();
  readonly #background: Background;
  readonly #stops: (() => void)[] = [];
  #view: Promise<SessionView | undefined> | undefined;
  #lastTurn: Promise<unknown> = Promise.resolve();
  #reloading: ReturnType<typeof setTimeout> | undefined;

  /** Fires when the session, or anything about its files, has changed: ask for `view()` again. */
  readonly onDidChange: Event<void> = this.#changed.event;

  constructor(parts: ActiveSessionParts) {
    this.#parts = parts;
    this.#background = new Background(parts);
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
    if (first) this.#parts.operations.endInterrupted();
    if (first) void this.#quietly(this.#tellReadOnly());
    if (first && view) void this.#quietly(this.#lookAtDisk(view));
    return view;
  }

  /** The first files of the active session, before all of a large one are read. */
  async page(limit: number): Promise<SessionPage | undefined> {
    const session = await this.#session();
    const page = session ? await this.#parts.registry.page(session, 0, limit) : undefined;
    void this.#quietly(this.view());
    return page;
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

  /** What this window's sessions are bound to: see `Session.workspace`. */
  get workspace(): string {
    return workspaceKey();
  }

  /** The sessions of this workspace, oldest first. */
  sessions(): Promise<readonly Session[]> {
    return this.#parts.registry.sessions(workspaceKey());
  }

  /** Compares all files with the disk. */
  async refresh(): Promise<void> {
    const view = await this.view();
    if (view) {
      const run = this.#parts.operations.command("satchel.refresh");
      await run({ kind: "sync", sessionId: view.session.id }, async (operation) => {
        for (const { uri } of await this.#refresh(view)) operation.file({ uri });
      });
    }
    this.#invalidate();
  }

  dispose(): void {
    this.#background.dispose();
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
    const { registry, watcher } = this.#parts;
    const session = await this.#session();
    const active = session ? await registry.view(session) : undefined;
    watcher.watch(active?.files.map(({ file }) => file.uri) ?? []);
    if (active) this.#background.look(active);
    return active;
  }

  /** The id of the chosen session, or of the oldest one if that is gone. */
  async #session(): Promise<string | undefined> {
    const chosen = this.#parts.workspaceState.get<string>(activeKey);
    const sessions = await this.sessions();
    return (sessions.find(({ id }) => id === chosen) ?? sessions[0])?.id;
  }

  async #fileChanged(uri: string): Promise<void> {
    const view = await this.view();
    const file = view?.files.find((candidate) => candidate.file.uri === uri);
    if (view && file) await this.#lookAtDisk({ ...view, files: [file] });
  }

  /** Without SQLite sessions can be seen and not changed: better said before somebody tries. */
  async #tellReadOnly(): Promise<void> {
    const why = await this.#parts.upkeep.whyReadOnly();
    if (why !== undefined) this.#parts.report.error(new ContextError("store-read-only", why));
  }

  /** Looks that nobody asked for are many, and logged only where they found a change. */
  async #lookAtDisk(view: SessionView): Promise<void> {
    const changed = await this.#refresh(view);
    const run = this.#parts.operations.command("watch");
    await runOnFiles(run, "sync", changed, async () => undefined);
  }

  #refresh(view: SessionView): Promise<readonly SessionFile[]> {
    const files = view.files.map(({ file }) => file);
    return refreshFiles(this.#parts, files, readSettings().maxBytes);
  }

  /** Work that nobody waits for must not interrupt anybody when it fails. */
  async #quietly(work: Promise<unknown>): Promise<void> {
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
