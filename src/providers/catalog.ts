import type { Folder } from "../core/ports/folder.ts";
import type { ProviderEntry, ProviderOptions } from "../core/ports/provider.ts";
import { accountOf } from "./account.ts";
import { addressOf, isOnThisMachine } from "./address.ts";
import { capabilities } from "./capabilities.ts";

/** What the adapters need besides the user's settings. */
export interface ProviderParts {
  /** Where the local provider keeps its files. */
  readonly localFolder: Folder;
}

/** Services on the network. Nothing of an adapter is loaded before its row is opened. */
const services: readonly ProviderEntry[] = [
  {
    id: "openai",
    capabilities: capabilities.openai,
    keyPage: "https://platform.openai.com/api-keys",
    name: "OpenAI",
    defaultBaseUrl: "https://api.openai.com/v1",
    isConfigured: hasKey,
    async open(options) {
      const { createOpenAi } = await import("./openai.ts");
      return createOpenAi({ ...options, account: await accountOf(options.key) });
    },
  },
  {
    id: "anthropic",
    capabilities: capabilities.anthropic,
    keyPage: "https://platform.claude.com/settings/keys",
    name: "Anthropic",
    defaultBaseUrl: "https://api.anthropic.com",
    isConfigured: hasKey,
    async open(options) {
      const { createAnthropic } = await import("./anthropic.ts");
      return createAnthropic({ ...options, account: await accountOf(options.key) });
    },
  },
  {
    id: "gemini",
    capabilities: capabilities.gemini,
    keyPage: "https://aistudio.google.com/apikey",
    name: "Google Gemini",
    defaultBaseUrl: "https://generativelanguage.googleapis.com",
    isConfigured: hasKey,
    async open(options) {
      const { createGemini } = await import("./gemini.ts");
      return createGemini({ ...options, account: await accountOf(options.key) });
    },
  },
  {
    id: "moonshot",
    capabilities: capabilities.moonshot,
    keyPage: "https://platform.kimi.ai/console/api-keys",
    name: "Moonshot Kimi",
    defaultBaseUrl: "https://api.moonshot.ai/v1",
    isConfigured: hasKey,
    async open(options) {
      const { createMoonshot } = await import("./moonshot.ts");
      return createMoonshot({ ...options, account: await accountOf(options.key) });
    },
  },
  {
    id: "zhipu",
    capabilities: capabilities.zhipu,
    keyPage: "https://bigmodel.cn/usercenter/proj-mgmt/apikeys",
    name: "Zhipu GLM",
    defaultBaseUrl: "https://open.bigmodel.cn/api/paas/v4",
    isConfigured: hasKey,
    async open(options) {
      const { createZhipu } = await import("./zhipu.ts");
      return createZhipu({ ...options, account: await accountOf(options.key) });
    },
  },
  {
    id: "supabase",
    capabilities: capabilities.supabase,
    keyPage: "https://supabase.com/dashboard/project/_/settings/api-keys",
    name: "Supabase Storage",
    // Every project has an address of its own.
    defaultBaseUrl: "",
    isConfigured: (options) => options.baseUrl !== "" && hasKey(options),
    async open(options) {
      const { createSupabase } = await import("./supabase.ts");
      return createSupabase({ ...options, account: await accountOf(options.key) });
    },
  },
  {
    id: "compatible",
    capabilities: capabilities.compatible,
    name: "OpenAI-compatible server",
    // There is no usual one; whether it wants a key, it says itself.
    defaultBaseUrl: "",
    isConfigured: ({ baseUrl }) => addressOf(baseUrl) !== undefined,
    async open(options) {
      const { createCompatible } = await import("./compatible.ts");
      return createCompatible({ ...options, account: await accountOf(options.key) });
    },
  },
];

/** All providers, a row each. */
export function providerCatalog({ localFolder }: ProviderParts): readonly ProviderEntry[] {
  return [
    ...services,
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

/** A server on this machine may want no key. */
function hasKey({ baseUrl, key }: ProviderOptions): boolean {
  return key !== undefined || isOnThisMachine(baseUrl);
}
