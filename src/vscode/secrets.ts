import type { SecretStorage } from "vscode";

/**
 * The API keys, in SecretStorage alone. A key belongs to one provider at one server's origin: pointing a provider at another server never
 * sends that server the key of the first.
 */
export interface Keys {
  get(provider: string, baseUrl: string): Promise<string | undefined>;
  set(provider: string, baseUrl: string, key: string): Promise<void>;
  remove(provider: string, baseUrl: string): Promise<void>;
}

export function createKeys(secrets: SecretStorage): Keys {
  return {
    get: async (provider, baseUrl) => secrets.get(nameOf(provider, baseUrl)),
    set: async (provider, baseUrl, key) => secrets.store(nameOf(provider, baseUrl), key),
    remove: async (provider, baseUrl) => secrets.delete(nameOf(provider, baseUrl)),
  };
}

function nameOf(provider: string, baseUrl: string): string {
  return `key:${provider}:${originOf(baseUrl)}`;
}

/** A base URL that does not parse has no key: requests to it fail with a sentence of their own. */
function originOf(baseUrl: string): string {
  return URL.canParse(baseUrl) ? new URL(baseUrl).origin : "";
}
