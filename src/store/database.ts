import type { StatementSync } from "node:sqlite";
import {
  databaseFile,
  openFile,
  openStore,
  retried,
  transact,
  type Connection,
  type ConnectionOptions,
} from "./connection.ts";
import { requireOwner } from "./owners.ts";
import { untilCurrent } from "./replacement.ts";
import { storeError } from "./store-errors.ts";

/** One connection to the registry's database. Work inside of work belongs to the same transaction. Failures reach the caller as `ContextError`; defects as they are. */
export interface Database {
  /** The statement for this text, prepared once. It must keep to the rows of its owner, by `owner = owner_id()`. */
  prepare(sql: string): StatementSync;
  /** A statement of upkeep that looks at the rows of all owners, and tells nothing of them but whether there are any. */
  prepareForAll(sql: string): StatementSync;
  /** Runs `work` on one state of the database. */
  read<T>(work: () => T): T;
  /** Runs `work` in a transaction that is committed durably on return, and undone if `work` throws. */
  write<T>(work: () => T): T;
  /** As `write`, for rows that no listener shows: `onCommit` is not called. */
  writeQuietly<T>(work: () => T): T;
  /** A number that is another one after another connection has committed. */
  dataVersion(): number;
  close(): void;
}

/** What tests and later versions put in place of the usual. */
export interface DatabaseOptions extends ConnectionOptions {
  /** Called after each commit that changed a row. */
  readonly onCommit?: () => void;
}

/**
 * Opens `registry.sqlite` in `folder`, and creates both if they are not there. A file that is damaged or newer is left as it is. When
 * another file takes its place, that one is used from the next transaction on.
 */
export function openDatabase(folder: string, options: DatabaseOptions = {}): Database {
  return databaseOn(databaseFile(folder), () => openStore(folder, options), options.onCommit);
}

/** Creates a database that is no store yet at `file`. */
export function createDatabase(file: string, options: DatabaseOptions): Database {
  return databaseOn(file, () => openFile(file, options), options.onCommit);
}

interface Opened extends Connection {
  readonly statements: Map<string, StatementSync>;
}

function databaseOn(file: string, open: () => Connection, onCommit?: () => void): Database {
  const current = currentOf(open, onCommit);
  const { run, connected } = transactionsOn(file, current);
  const prepare = (sql: string): StatementSync => {
    const { connection, statements } = connected();
    const known = statements.get(sql);
    if (known) return known;
    const statement = connection.prepare(sql);
    statements.set(sql, statement);
    return statement;
  };
  const numberOf = (sql: string): number => Number(Object.values(prepare(sql).get() ?? {})[0]);
  return {
    prepare(sql) {
      requireOwner(sql);
      return prepare(sql);
    },
    prepareForAll: prepare,
    read: (work) => run("begin", work),
    write(work) {
      let isChanged = false;
      const value = run("begin immediate", () => {
        const before = numberOf("select total_changes()");
        const result = work();
        isChanged = numberOf("select total_changes()") !== before;
        return result;
      });
      if (isChanged) onCommit?.();
      return value;
    },
    writeQuietly: (work) => run("begin immediate", work),
    dataVersion() {
      const version = numberOf("pragma data_version");
      return current.generation() + version;
    },
    close: current.close,
  };
}

interface Transactions {
  /** Runs the work in a transaction, or in the one that runs. */
  readonly run: <T>(begin: string, work: () => T) => T;
  /** The connection of the transaction that runs, else the one to the file that is in place now. */
  readonly connected: () => Opened;
}

function transactionsOn(file: string, current: CurrentConnection): Transactions {
  let running: Opened | undefined;
  return {
    run(begin, work) {
      if (running) return work();
      try {
        return untilCurrent(file, () => {
          const opened = (running = current.get());
          return retried(() =>
            transact(opened.connection, begin, () => {
              opened.requireCurrent();
              return work();
            }),
          );
        });
      } catch (error) {
        throw storeError(error, file);
      } finally {
        running = undefined;
      }
    },
    connected: () => running ?? current.get(),
  };
}

interface CurrentConnection {
  /** The connection to the file that is in place now. */
  readonly get: () => Opened;
  /** A number that is another one, and far from the others, for each connection. */
  readonly generation: () => number;
  readonly close: () => void;
}

function currentOf(open: () => Connection, onReplaced?: () => void): CurrentConnection {
  const connect = (): Opened => ({ ...open(), statements: new Map() });
  let opened: Opened | undefined = connect();
  let isClosed = false;
  let generation = 0;
  const disconnect = (): void => {
    opened?.connection.close();
    opened = undefined;
  };
  return {
    get() {
      if (opened?.isCurrent() === false) disconnect();
      if (!opened && !isClosed) {
        opened = connect();
        generation += 2 ** 32;
        onReplaced?.();
      }
      if (!opened) throw new Error("the database is closed");
      return opened;
    },
    generation: () => generation,
    close() {
      isClosed = true;
      disconnect();
    },
  };
}
