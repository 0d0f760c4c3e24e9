import assert from "node:assert/strict";
import type { ProviderWith } from "../../src/core/ports/provider.ts";
import type { ChatEvent } from "../../src/core/ports/provider-chat.ts";
import { createOpenAi } from "../../src/providers/openai.ts";

/** OpenAI's own address, where the adapter is another one than at other servers. */
export const ownAddress = "https://api.openai.com/v1";

/** The adapter for OpenAI's own address, whose requests a server at another address answers. */
export function openAiAt(url: string, key?: string): ProviderWith<"files" | "chat"> {
  const options = { baseUrl: ownAddress, key: key ?? "sk-test", account: "" };
  return createOpenAi({ ...options, fetch: leadingTo(url) });
}

/** Sends what is meant for OpenAI, or for another address, to a server at this address. */
export function leadingTo(url: string, from: string = ownAddress): typeof fetch {
  return async (address, init) => {
    assert.ok(typeof address === "string" && address.startsWith(from));
    return fetch(url + address.slice(from.length), init);
  };
}

/** An answer to its end. */
export async function read(events: AsyncIterable<ChatEvent>): Promise<readonly ChatEvent[]> {
  const all: ChatEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}
