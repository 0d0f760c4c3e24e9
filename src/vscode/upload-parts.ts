import type { SettleParts, UploadParts } from "../core/files/upload-parts.ts";
import type { Provider } from "../core/ports/provider.ts";
import { wait } from "./guards.ts";
import type { Parts } from "./parts.ts";

/** What speaking with a provider about uploads takes in this window. */
export function settlePartsFor(
  { registry }: Pick<Parts, "registry">,
  provider: Provider,
): SettleParts {
  return { registry, provider, now: Date.now, wait };
}

/** What an upload takes in this window, beside what belongs to the one upload. */
export function uploadPartsFor(
  parts: Parts,
  provider: Provider,
): Omit<UploadParts, "confirm" | "newId" | "onRetry"> {
  const { copies, contents } = parts;
  return {
    ...settlePartsFor(parts, provider),
    copies,
    contents,
    random: Math.random,
    budget: parts.connections.guards.of(provider).budget,
  };
}
