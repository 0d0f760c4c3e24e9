import { ConfigurationTarget, window, workspace } from "vscode";
import type { ProviderEntry } from "../../core/ports/provider.ts";
import type { Connections } from "../connections.ts";
import { readBaseUrl } from "../settings.ts";
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

/** Asks for a provider's key, and for its address where everybody has another one, and keeps them. False if the user gave none. */
export async function setApiKey(parts: KeyParts, entry: ProviderEntry): Promise<boolean> {
  if (!(await hasAddress(entry))) return false;
  const key = await window.showInputBox({
    title: `API Key for ${entry.name}`,
    prompt: `Kept in the system's secret storage; sent to this provider's server only.${entry.keyPage === undefined ? "" : ` Get one at ${entry.keyPage}`}`,
    password: true,
    ignoreFocusOut: true,
    validateInput: (value) => whyNoKey(entry, value),
  });
  if (key === undefined) return false;
  if (key.trim() !== "") await parts.connections.setKey(entry, key.trim());
  return true;
}

/** A server of one's own may want none. */
function whyNoKey({ keyPage }: ProviderEntry, value: string): string | undefined {
  if (keyPage === undefined && value.trim() === "") return undefined;
  return /^\s*\S+\s*$/u.test(value) ? undefined : "A key is one word without spaces";
}

async function hasAddress(entry: ProviderEntry): Promise<boolean> {
  if (entry.defaultBaseUrl !== "" || readBaseUrl(entry.id)) return true;
  const address = await window.showInputBox({
    title: `Address of ${entry.name}`,
    prompt: `Kept in the setting satchel.${entry.id}.baseUrl`,
    placeHolder: "https://…",
    ignoreFocusOut: true,
    validateInput: (value) =>
      /^\s*https?:\/\/\S+\s*$/u.test(value) ? undefined : "A web address begins with https://",
  });
  if (address === undefined) return false;
  await workspace
    .getConfiguration("satchel")
    .update(`${entry.id}.baseUrl`, address.trim(), ConfigurationTarget.Global);
  return true;
}

/** Providers that need nothing have no key. */
async function chooseEntry(parts: KeyParts, title: string): Promise<ProviderEntry | undefined> {
  const states = await parts.connections.states();
  const entries = states
    .map(({ entry }) => entry)
    .filter((entry) => !entry.isConfigured({ baseUrl: "" }));
  if (entries.length <= 1) return entries[0];
  const items = entries.map((entry) => ({ label: entry.name, entry }));
  return (await window.showQuickPick(items, { title }))?.entry;
}
