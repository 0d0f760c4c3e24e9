import { randomUUID } from "node:crypto";
import type { Page } from "playwright-core";
import { waitFor } from "./wait.ts";

/** What `copy` puts on the clipboard of the browser. */
export async function readCopied(
  page: Page,
  awaited: string,
  copy: () => Promise<void>,
): Promise<string> {
  const before: string = randomUUID();
  await page.evaluate((text) => navigator.clipboard.writeText(text), before);
  await copy();
  return waitFor(`${awaited} on the clipboard`, async () => {
    const text = await page.evaluate(() => navigator.clipboard.readText());
    return text === before ? undefined : text;
  });
}
