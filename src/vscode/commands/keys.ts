import { window } from "vscode";
import type { ProviderEntry } from "../../core/ports/provider.ts";
import type { Connections } from "../connections.ts";
import type { CommandHandlers } from "./register.ts";

interface KeyParts {
  readonly connections: Connections;
}

/** Commands about API keys. */
export function keyCommands(
  parts: KeyParts,
): Pick<CommandHandlers, "satchel.setApiKey" | "satchel.removeApiKey"> {
  return {
    "satchel.setApiKey": async () => {
      const entry = await chooseEntry(parts, "Set API Key");
      if (entry && (await setApiKey(parts, entry))) {
        void window.showInformationMessage(
          `${entry.name} is set up. Its key is kept in the system's secret storage.`,
        );
      }
    },
    "satchel.removeApiKey": async () => {
      const entry = await chooseEntry(parts, "Remove API Key");
      if (entry) await parts.connections.removeKey(entry);
    },
  };
}

/** Asks for a provider's key and keeps it. False if the user gave none. */
export async function setApiKey(parts: KeyParts, entry: ProviderEntry): Promise<boolean> {
  const key = await window.showInputBox({
    title: `API Key for ${entry.name}`,
    prompt: "Kept in the system's secret storage; sent to this provider's server only.",
    password: true,
    ignoreFocusOut: true,
    validateInput: (value) =>
      /^\s*\S+\s*$/u.test(value) ? undefined : "A key is one word without spaces",
  });
  if (key === undefined) return false;
  await parts.connections.setKey(entry, key.trim());
  return true;
}

/** Providers without a server have no key. */
async function chooseEntry(parts: KeyParts, title: string): Promise<ProviderEntry | undefined> {
  const states = await parts.connections.states();
  const entries = states
    .map(({ entry }) => entry)
    .filter(({ defaultBaseUrl }) => defaultBaseUrl !== "");
  if (entries.length <= 1) return entries[0];
  const items = entries.map((entry) => ({ label: entry.name, entry }));
  return (await window.showQuickPick(items, { title }))?.entry;
}
