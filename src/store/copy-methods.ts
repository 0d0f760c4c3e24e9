import type { Copies } from "../core/ports/copies.ts";
import { dueCopies, mayExpire, trimCopies, useCopies } from "./copies.ts";
import type { CopyStore } from "./stored-copy.ts";
import { overdueTrash, purgeCopy, restoreCopy, trash, trashCopy } from "./trash.ts";

/** The port's methods as the registry's thread answers them. */
export type CopyMethods = {
  [K in keyof Copies]: (...args: Parameters<Copies[K]>) => Awaited<ReturnType<Copies[K]>>;
};

/** The bookkeeping of copies on the connection that `open` gives. */
export function copyMethods(open: () => CopyStore): CopyMethods {
  return {
    useCopies: (contentIds, use) => useCopies(open(), contentIds, use),
    dueCopies: (rule) => dueCopies(open(), rule),
    mayExpire: () => mayExpire(open()),
    trashCopy: (copy, lostFileIds, rule) => trashCopy(open(), copy, lostFileIds, rule),
    trash: (rule) => trash(open(), rule),
    overdueTrash: (rule) => overdueTrash(open(), rule),
    purgeCopy: (copy) => purgeCopy(open(), copy),
    restoreCopy: (contentId) => restoreCopy(open(), contentId),
    trimCopies: (rule) => trimCopies(open(), rule),
  };
}
