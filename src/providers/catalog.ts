import type { Folder } from "../core/ports/folder.ts";
import type { ProviderEntry } from "../core/ports/provider.ts";
import { accountOf } from "./account.ts";
import { isOnThisMachine } from "./address.ts";
import { capabilities } from "./capabilities.ts";

/** What the adapters need besides the user's settings. */
export interface ProviderParts {
  /** Where the local provider keeps its files. */
  readonly localFolder: Folder;
}

/** All providers, a row each. Nothing of an adapter is loaded before its row is opened. */
export function providerCatalog({ localFolder }: ProviderParts): readonly ProviderEntry[] {
  return [
    {
      id: "openai",
      capabilities: capabilities.openai,
      keyPage: "https://platform.openai.com/api-keys",
      name: "OpenAI",
      defaultBaseUrl: "https://api.openai.com/v1",
      isConfigured: ({ baseUrl, key }) => key !== undefined || isOnThisMachine(baseUrl),
      async open(options) {
        const { createOpenAi } = await import("./openai.ts");
        return createOpenAi({ ...options, account: await accountOf(options.key) });
      },
    },
    {
      id: "local",
      capabilities: capabilities.local,
      name: "Local folder",
      defaultBaseUrl: "",
      isConfigured: () => true,
      async open() {
        const { createLocal } = await import("./local.ts");
        return createLocal({ folder: localFolder });
      },
    },
  ];
}
