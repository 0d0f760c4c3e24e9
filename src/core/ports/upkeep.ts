/** What can be wrong in a store. `core/upkeep/describe.ts` says what a person can do about each. */
export type StoreFaultKind =
  /** The database cannot be read, or contradicts itself. Then nothing is compared with it. */
  | "database-damaged"
  /** The database is gone, although sessions were saved beside it. */
  | "database-missing"
  /** A row refers to another one that is not there. */
  | "reference-missing"
  /** The bytes of a stored copy have another content id than its name says. */
  | "copy-damaged"
  /** A copy should be stored, and is not. */
  | "copy-missing"
  /** A copy that no row knows, older than an hour. */
  | "copy-unknown"
  /** A copy that is known and counts as not stored, older than an hour: it would never expire. */
  | "copy-uncounted"
  /** Something that Satchel did not put there. */
  | "file-strange"
  /** What a process that died over an hour ago left half written. */
  | "file-leftover"
  /** An upload whose window is gone, so that nobody knows how it ended. */
  | "upload-stuck"
  /** The saved file context of a session cannot be read. */
  | "context-damaged"
  /** The saved file context of a session is older than the session, or is not there. */
  | "context-behind"
  /** A saved file context whose session is not in the database. */
  | "context-unknown"
  /** Others than the owner may read or write a file or a folder. */
  | "permissions-wide";

/** One thing that is wrong. */
export interface StoreFault {
  readonly kind: StoreFaultKind;
  /** The file or folder below the store's folder, with slashes; undefined where it is about none. */
  readonly path?: string | undefined;
  /** Names that people know it by: of session files, of a session. Empty where there are none. */
  readonly names: readonly string[];
  /** More about it, in the words of those who found it. */
  readonly detail?: string | undefined;
}

/** What was found in a store at one moment. */
export interface StoreReport {
  /** The path of the store's folder. */
  readonly folder: string;
  /** Why the database could not be asked, in a sentence; then nothing was compared with it. Undefined if it could. */
  readonly unavailable?: string | undefined;
  readonly faults: readonly StoreFault[];
  /** Sessions of this user. */
  readonly sessions: number;
  readonly copies: {
    /** How many are stored. */
    readonly stored: number;
    /** How many of them were read from end to end. */
    readonly read: number;
    /** The bytes of those that were read. */
    readonly bytesRead: number;
  };
  readonly quarantine: Quarantine;
}

/** What lies in the quarantine. Satchel never deletes any of it. */
export interface Quarantine {
  /** Databases that were replaced. */
  readonly databases: number;
  /** Everything else: damaged copies and file contexts. */
  readonly files: number;
  /** Bytes of all together. */
  readonly bytes: number;
}

/** What became of one fault. */
export interface MendedFault {
  readonly fault: StoreFault;
  /** What was done, as a part of a sentence: `moved to the quarantine`. */
  readonly done: string;
}

/** What was done about the faults of a report. */
export interface MendReport {
  readonly mended: readonly MendedFault[];
  /** Faults that were left as they are, because there is nothing safe to do about them, or because they are gone. */
  readonly left: readonly StoreFault[];
}

/** A session that a rebuilt store holds. */
export interface RebuiltSession {
  readonly id: string;
  readonly name: string;
  /** How many session files it has. */
  readonly files: number;
  /** Where it comes from; `both` if neither had all of it. */
  readonly from: "database" | "file-context" | "both";
}

/** What the old database is known to have held, and the new one does not. */
export interface LostSession {
  readonly id: string;
  /** Undefined where not even that could be read. */
  readonly name?: string | undefined;
  /** URIs of the session files that are lost. */
  readonly files: readonly string[];
  /** True if nothing is left of the session. */
  readonly isWhole: boolean;
}

/** What became of a rebuild. */
export interface RebuildReport {
  /** The path of the store's folder. */
  readonly folder: string;
  /** False if the old database is sound and the new one would hold less: then the old one stays in its place. */
  readonly isReplaced: boolean;
  /** Where the old database lies now, below the store's folder, with slashes; undefined if there was none, or if it stays. */
  readonly oldDatabase?: string | undefined;
  readonly sessions: readonly RebuiltSession[];
  readonly lost: readonly LostSession[];
  /** Saved file contexts that could not be read, below the store's folder. */
  readonly unreadable: readonly string[];
  /** Sessions of other users of this store: how many were taken over, and how many could not be read. */
  readonly others: { readonly kept: number; readonly lost: number };
  readonly copies: {
    /** Copies that the store counts as its own again. */
    readonly stored: number;
    /** Copies that no row knows. They were left where they are. */
    readonly unknown: number;
  };
}

/** How much of a store is verified. */
export interface VerifyOptions {
  /** Which stored copies are read from end to end: all, some that chance chooses, or none. */
  readonly copies: "all" | "sample" | "none";
}

/** The care of the store on this machine. */
export interface Upkeep {
  /**
   * Looks at everything in the store and changes nothing. A damaged database is a finding, not an error. Rejects with an `AbortError`
   * once `signal` is aborted.
   */
  verify(options: VerifyOptions, signal?: AbortSignal): Promise<StoreReport>;
  /**
   * Does what is safe about the faults of a report, each of which is looked at again first: damaged files are moved to the quarantine, what no row
   * knows and what is half written is deleted, rows are told which copies there are, file contexts are written anew, permissions
   * are narrowed. The database is not repaired: that is what `rebuild` is for.
   */
  mend(report: StoreReport, signal?: AbortSignal): Promise<MendReport>;
  /**
   * Makes the database anew from what can be read of it and from the saved file contexts, each session from the newer of the two, and moves the
   * old one to the quarantine. Uploads that neither knows are found by reconciling. Wherever this ends early, the store is the old
   * one or the new one. Rejects with `store-newer`, `store-read-only`, and `store-unavailable` if another window has to be closed first.
   */
  rebuild(): Promise<RebuildReport>;
  /** Why the store can only be read, as a sentence that says what can be done; undefined if it can be written. */
  whyReadOnly(): Promise<string | undefined>;
}
