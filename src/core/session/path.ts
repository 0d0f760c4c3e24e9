import { decoded, nameOf } from "./session.ts";

/**
 * A file's path inside its workspace, with slashes, or its bare name outside of it: what the model and the user know the file by. Never an
 * absolute path, which would tell the model about the machine.
 */
export function pathInWorkspace(uri: string, workspace: string): string {
  const root = workspace.endsWith("/") ? workspace : `${workspace}/`;
  return workspace !== "" && uri.startsWith(root) ? decoded(uri.slice(root.length)) : nameOf(uri);
}
