import { isContextError } from "../errors.ts";
import type { OperationKind } from "../operations/operation.ts";
import type { RunOperation } from "../operations/run.ts";
import type { Contents } from "../ports/contents.ts";
import type { Copies, ExpiryRule, StoredCopy } from "../ports/copies.ts";
import type { SessionFile } from "../session/session.ts";

export interface SweepParts {
  readonly copies: Copies;
  readonly contents: Contents;
  /** Runs each removal as an operation. */
  readonly run: RunOperation;
}

export interface SweepOptions {
  /** True if the owner asks for this sweep, and so knows that copies expire. */
  readonly isToldNow?: boolean;
}

/** What a sweep did. */
export interface Sweep {
  /** Copies whose time is over and that stay for another hour, because the owner had to be told first. Not empty once in a store's life. */
  readonly announced: readonly StoredCopy[];
  /** Copies that went to the trash. */
  readonly expired: readonly StoredCopy[];
  /** Session files that went with them, because their bytes were nowhere else. */
  readonly lost: readonly SessionFile[];
  /** Copies that were deleted for good: their time in the trash was over, or nothing referred to them and room was needed. */
  readonly deleted: readonly StoredCopy[];
}

/**
 * Ends the time of stored copies, however many windows sweep at once. A copy that expires goes to the trash, and from there in its time. A session file
 * stays while its own file is there; if that is gone too, the session file goes with the copy and comes back with it. The user's own
 * files are read, never touched. One copy that fails does not keep the sweep from the others: the first failure is thrown at the end.
 */
export async function sweepCopies(
  parts: SweepParts,
  rule: ExpiryRule,
  { isToldNow = false }: SweepOptions = {},
): Promise<Sweep> {
  const sweep = new RunningSweep(parts, rule);
  // First what frees room: on a full disk nothing else may succeed.
  await sweep.purgeTrash();
  await sweep.trim();
  await sweep.expire(isToldNow);
  if (rule.trashTime === 0) await sweep.purgeTrash();
  if (sweep.failures.length > 0) throw sweep.failures[0];
  return sweep;
}

/**
 * Deletes all that lies in the trash, whatever its time. Session files whose own file was lost while their copy lay there go with it.
 */
export async function emptyTrash(parts: SweepParts, rule: ExpiryRule): Promise<void> {
  const sweep = new RunningSweep(parts, { ...rule, trashTime: 0 });
  // The first pass may have found session files that are lost with a copy; the second one deletes those, too.
  await sweep.purgeTrash();
  await sweep.purgeTrash();
  if (sweep.failures.length > 0) throw sweep.failures[0];
}

class RunningSweep implements Sweep {
  readonly announced: StoredCopy[] = [];
  readonly expired: StoredCopy[] = [];
  readonly lost: SessionFile[] = [];
  readonly deleted: StoredCopy[] = [];
  readonly failures: unknown[] = [];
  readonly #parts: SweepParts;
  readonly #rule: ExpiryRule;

  constructor(parts: SweepParts, rule: ExpiryRule) {
    this.#parts = parts;
    this.#rule = rule;
  }

  /** Deletes what has had its time in the trash. A file that was lost meanwhile joins its copy there, whose time begins anew. */
  async purgeTrash(): Promise<void> {
    await this.#each(await this.#parts.copies.overdueTrash(this.#rule), async (copy) => {
      const lost = await lostFiles(this.#parts.contents, copy);
      if (lost && lost.length > 0) await this.#moveToTrash(copy, lost);
      else if (lost && (await this.#purge(copy))) this.deleted.push(copy);
    });
  }

  async trim(): Promise<void> {
    const trimmed = await this.#parts.copies.trimCopies(this.#rule);
    await this.#each(
      trimmed,
      async (copy) => void (await this.#log("delete", copy, async () => true)),
    );
    this.deleted.push(...trimmed);
  }

  /** Moves what is due to the trash, if the owner knows that copies expire. */
  async expire(isToldNow: boolean): Promise<void> {
    const due = await this.#parts.copies.dueCopies(this.#rule);
    if (due.length === 0) return;
    const may = await this.#parts.copies.mayExpire();
    if (may === "tell" && !isToldNow) this.announced.push(...due);
    if (may !== true && !isToldNow) return;
    await this.#each(due, async (copy) => {
      const lost = await lostFiles(this.#parts.contents, copy);
      if (lost && (await this.#moveToTrash(copy, lost))) this.expired.push(copy);
    });
  }

  async #moveToTrash(copy: StoredCopy, lost: readonly SessionFile[]): Promise<boolean> {
    const ids = lost.map(({ id }) => id);
    const isMoved = await this.#log("expire", copy, () =>
      this.#parts.copies.trashCopy(copy, ids, this.#rule),
    );
    if (isMoved) this.lost.push(...lost);
    return isMoved;
  }

  #purge(copy: StoredCopy): Promise<boolean> {
    return this.#log("delete", copy, () => this.#parts.copies.purgeCopy(copy));
  }

  /** Runs a removal as an operation; one that another window has made needless counts as cancelled. */
  #log(kind: OperationKind, copy: StoredCopy, remove: () => Promise<boolean>): Promise<boolean> {
    const { contentId, bytes, files } = copy;
    const [file] = files;
    const subject = { kind, contentId, uri: file?.uri, sessionId: file?.sessionId };
    return this.#parts.run(subject, async (operation) => {
      const isRemoved = await remove();
      operation.tell(isRemoved ? { bytes } : { errorCode: "cancelled" });
      return isRemoved;
    });
  }

  async #each(
    copies: readonly StoredCopy[],
    work: (copy: StoredCopy) => Promise<void>,
  ): Promise<void> {
    for (const copy of copies) {
      await work(copy).catch((error: unknown) => this.failures.push(error));
    }
  }
}

/** The session files whose own file is gone; undefined if that cannot be told of one of them, so that nothing may be removed yet. */
async function lostFiles(
  contents: Contents,
  { files }: StoredCopy,
): Promise<readonly SessionFile[] | undefined> {
  const lost: SessionFile[] = [];
  for (const file of files) {
    try {
      // A file that has changed is there: what it holds now is what the session shows next.
      await contents.inspect(file.uri, Number.MAX_SAFE_INTEGER);
    } catch (error) {
      if (!isContextError(error)) throw error;
      if (error.code === "file-missing") lost.push(file);
      else if (error.code !== "file-empty") return undefined;
    }
  }
  return lost;
}
