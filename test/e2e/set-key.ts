import type { Workbench } from "../real-vscode/workbench.ts";

/** Sets the key of a provider, as a user does from the palette. */
export async function setKey(workbench: Workbench, provider: string, key: string): Promise<void> {
  await workbench.runCommand("Satchel: Set API Key…");
  await workbench.quickInput.opened("Set API Key");
  await workbench.quickInput.pick(provider);
  await workbench.quickInput.opened(`API Key for ${provider}`);
  await workbench.quickInput.type(key);
  await workbench.quickInput.accept();
  await workbench.notifications.dismiss(`${provider} is set up`);
}
