import type { Archives } from "../core/ports/archives.ts";
import type { Contents } from "../core/ports/contents.ts";
import type { Copies } from "../core/ports/copies.ts";
import type { Folder } from "../core/ports/folder.ts";
import type { Phases } from "../core/ports/phases.ts";
import type { Differ } from "../core/ports/differ.ts";
import type { Registry } from "../core/ports/registry.ts";
import type { RequestLog } from "../core/ports/request-log.ts";
import type { TextSearch } from "../core/ports/text-search.ts";
import type { Digester } from "../core/ports/digester.ts";
import type { Upkeep } from "../core/ports/upkeep.ts";
import type { TokenCounter } from "../core/ports/token-counter.ts";
import type { ActiveSession } from "./active-session.ts";
import type { Bills } from "./chat/bills.ts";
import type { Connections } from "./connections.ts";
import type { Operations } from "./operations.ts";
import type { Report } from "./report.ts";

/** Everything that the faces work with. `extension.ts` puts it together. */
export interface Parts {
  readonly registry: Registry;
  readonly copies: Copies;
  readonly phases: Phases;
  readonly upkeep: Upkeep;
  readonly contents: Contents;
  readonly archives: Archives;
  readonly digester: Digester;
  readonly tokens: TokenCounter;
  readonly ledger: RequestLog;
  readonly differ: Differ;
  readonly search: TextSearch;
  /** What providers billed for answers of our own models. */
  readonly bills: Bills;
  /** Texts that providers made of files. */
  readonly extracted: Folder;
  readonly active: ActiveSession;
  readonly connections: Connections;
  readonly operations: Operations;
  readonly report: Report;
}
