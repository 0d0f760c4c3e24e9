import type { TestContext } from "node:test";
import { createRegistry } from "../../src/store/registry.ts";

const thread = new URL("../../src/store/registry-thread.ts", import.meta.url);

/** A registry in its own thread that is closed after the test. */
export function openRegistry(t: TestContext, folder: string): ReturnType<typeof createRegistry> {
  const registry = createRegistry({ thread, folder });
  t.after(() => registry.close());
  return registry;
}
