import { window } from "vscode";
import type { Confirm } from "../core/files/sensitive.ts";

/** Asks, in a modal that names the file, before a file that looks like a secret is used: `Add .env to the session?` */
export function confirmSecret(verb: string, destination: string): Confirm {
  return async (file, reason) => {
    const choice = await window.showWarningMessage(
      `${verb} ${file} ${destination}?`,
      { modal: true, detail: `${file} may be a secret: ${reason}.` },
      verb,
    );
    return choice === verb;
  };
}
