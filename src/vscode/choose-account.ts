import { window } from "vscode";
import type { Provider } from "../core/ports/provider.ts";
import type { Parts } from "./parts.ts";

/** Asks for one of the providers that store files and are set up; undefined if the user cancels. */
export async function chooseAccount(parts: Parts, title: string): Promise<Provider | undefined> {
  const states = await parts.connections.states();
  const items = states
    .filter(({ entry, isConfigured }) => isConfigured && entry.capabilities.files)
    .map(({ entry }) => ({
      label: entry.name,
      description: `lists ${entry.capabilities.files?.listScope ?? ""}`,
      entry,
    }));
  const picked = await window.showQuickPick(items, { title });
  return picked && parts.connections.open(picked.entry.id);
}
