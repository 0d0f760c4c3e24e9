import type { DatabaseOptions } from "../database.ts";
import { readOnly, readOnlyAnswers, whyReadOnly } from "../read-only-registry.ts";
import type { CopyStore } from "../stored-copy.ts";
import type { ThreadMethods } from "../../threads/serve.ts";
import { checkRows, unanswered } from "./check-rows.ts";
import { mendRows } from "./mend-rows.ts";
import { rebuildStore } from "./rebuild.ts";
import type { RowUpkeep } from "./upkeep.ts";

/** What the upkeep works with in the registry's thread. */
export interface UpkeepStore {
  readonly folder: string;
  readonly open: () => CopyStore;
  /** Closes the connection if it is open; the next call opens it again. */
  readonly close: () => void;
  readonly onChange: () => void;
  readonly options: DatabaseOptions;
}

/** The methods of a port as a thread answers them. */
type Answers<Port> = {
  [K in keyof Port]: Port[K] extends (...args: infer A) => infer R
    ? (...args: A) => Awaited<R>
    : never;
};

/** The care of the store in the registry's thread. */
export function rowUpkeep({
  folder,
  open,
  close,
  onChange,
  options,
}: UpkeepStore): Answers<RowUpkeep> {
  return {
    checkRows: (found) => checkRows(folder, () => open().database, found),
    mendRows: (faults, moved) => mendRows(folder, open(), { faults, moved }),
    rebuild() {
      close();
      const report = rebuildStore(folder, options);
      onChange();
      return report;
    },
    whyReadOnly: () => undefined,
  };
}

/** The same methods where the program has no SQLite: what saved sessions tell is answered, everything else is refused. */
export function withoutSqlite<Methods extends ThreadMethods>(
  folder: string,
  methods: Methods,
): Methods {
  const answered: ThreadMethods = {
    ...readOnlyAnswers(folder),
    checkRows: (found: Parameters<RowUpkeep["checkRows"]>[0]) =>
      unanswered(found, readOnly(folder)),
    whyReadOnly: () => whyReadOnly(folder),
    listen: nothing,
    unlisten: nothing,
    close: nothing,
  };
  const refuse = (): never => {
    throw readOnly(folder);
  };
  return Object.fromEntries(
    Object.keys(methods).map((name) => [name, answered[name] ?? refuse]),
  ) as Methods;
}

function nothing(): undefined {
  return undefined;
}
