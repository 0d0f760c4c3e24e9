import type { Contents } from "../core/ports/contents.ts";
import type { Registry } from "../core/ports/registry.ts";
import type { TokenCounter } from "../core/ports/token-counter.ts";
import type { ActiveSession } from "./active-session.ts";
import type { Connections } from "./connections.ts";
import type { Report } from "./report.ts";

/** Everything that the faces work with. `extension.ts` puts it together. */
export interface Parts {
  readonly registry: Registry;
  readonly contents: Contents;
  readonly tokens: TokenCounter;
  readonly active: ActiveSession;
  readonly connections: Connections;
  readonly report: Report;
}
