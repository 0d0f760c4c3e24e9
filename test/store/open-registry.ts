import type { TestContext } from "node:test";
import type { Registry } from "../../src/core/ports/registry.ts";
import { createRegistry } from "../../src/store/registry.ts";

const thread = new URL("../../src/store/registry-thread.ts", import.meta.url);

/** A registry in its own thread that is closed after the test. */
export function openRegistry(
  t: TestContext,
  folder: string,
): Registry & { close(): Promise<void> } {
  const registry = createRegistry({ thread, folder });
  t.after(() => registry.close());
  return registry;
}
