import { workspace, type Disposable } from "vscode";
import { isAbort } from "../core/errors.ts";
import { countMissingTokens, isUncounted, type CountParts } from "../core/files/count-tokens.ts";
import type { ContentId } from "../core/files/content.ts";
import { makeMissingDigests, type DigestParts } from "../core/files/make-digests.ts";
import type { FileView, SessionView } from "../core/session/session.ts";
import type { Report } from "./report.ts";

type BackgroundParts = CountParts & DigestParts & { readonly report: Report };

/**
 * What is found out about a session's files while nobody waits for it: tokens, then digests. Rows show without them first. One pass runs at a time;
 * what changes meanwhile gets the next one.
 */
export class Background implements Disposable {
  readonly #parts: BackgroundParts;
  readonly #closing = new AbortController();
  /** Contents that have a digest, or none that can be made now. */
  readonly #digested = new Set<ContentId>();
  #waiting: SessionView | undefined;
  #isRunning = false;

  constructor(parts: BackgroundParts) {
    this.#parts = parts;
  }

  /** Looks after this session, as it is now, instead of what it was asked to look after before. */
  look(view: SessionView): void {
    this.#waiting = view;
    if (!this.#isRunning) void this.#run();
  }

  dispose(): void {
    this.#closing.abort();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    try {
      for (let view = this.#next(); view; view = this.#next()) {
        await this.#count(view.files);
        await this.#digest(view.files);
      }
    } catch (error) {
      // Work that nobody waits for must not interrupt anybody when it fails.
      if (!isAbort(error)) this.#parts.report.log.warn(String(error));
    } finally {
      this.#isRunning = false;
    }
  }

  #next(): SessionView | undefined {
    const view = this.#waiting;
    this.#waiting = undefined;
    return view;
  }

  async #count(files: readonly FileView[]): Promise<void> {
    if (files.some(isUncounted)) {
      await countMissingTokens(this.#parts, files, this.#closing.signal);
    }
  }

  /** Nothing of a folder that the user does not trust is parsed. */
  async #digest(files: readonly FileView[]): Promise<void> {
    if (!workspace.isTrusted) return;
    const news = files.filter(
      ({ file, content }) => file.disk === "fresh" && !this.#digested.has(content.contentId),
    );
    if (news.length === 0) return;
    await makeMissingDigests(this.#parts, news, this.#closing.signal);
    for (const { content } of news) this.#digested.add(content.contentId);
  }
}
