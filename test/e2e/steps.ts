import { test } from "node:test";
import type { Stage } from "./stage.ts";

/**
 * Tests that go on where the one before stopped, as a user does. After the first failure, of which a picture is kept, the others fail
 * at once: waiting for what cannot come would take minutes and tell nothing.
 */
export function createSteps(stage: () => Stage): (name: string, run: () => Promise<void>) => void {
  let failed: string | undefined;
  return (name, run) => {
    void test(name, async () => {
      if (failed !== undefined) throw new Error(`not run, because of: ${failed}`);
      try {
        await run();
      } catch (error) {
        failed = name;
        await stage().workbench.screenshot(`failed ${name.replaceAll("/", "")}`);
        throw error;
      }
    });
  };
}
