import { workspace } from "vscode";
import { ContextError } from "../core/errors.ts";

/** Nothing leaves the machine on behalf of a folder that the user does not trust. `what` begins the sentence: `Uploading`. */
export function requireTrust(what: string): void {
  if (workspace.isTrusted) return;
  throw new ContextError(
    "workspace-untrusted",
    `${what} is off in Restricted Mode; trust this workspace first`,
  );
}
