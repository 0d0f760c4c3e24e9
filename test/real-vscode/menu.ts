import type { Locator, Page } from "playwright-core";
import { naming } from "./wait.ts";

const menu = ".monaco-menu";

/** Opens the context menu of an element and clicks through it: the last title is the entry, those before are submenus. */
export async function chooseFromMenu(
  page: Page,
  target: Locator,
  titles: readonly string[],
): Promise<void> {
  await openMenu(page, target);
  for (const title of titles) {
    await naming(`the menu entry “${title}”`, enter(page, title));
  }
  await closed(page);
}

/** The titles of the enabled entries in the context menu of an element. */
export async function readMenu(page: Page, target: Locator): Promise<readonly string[]> {
  await openMenu(page, target);
  const titles = await page
    .locator(`${menu} .action-item:not(.disabled) .action-label`)
    .allInnerTexts();
  await page.keyboard.press("Escape");
  await closed(page);
  return titles.filter((title) => title !== "");
}

async function openMenu(page: Page, target: Locator): Promise<void> {
  await naming("the element with the menu", target.click({ button: "right" }));
  await naming("the context menu", page.locator(menu).first().waitFor());
}

/** By key, because a menu ignores clicks in its first tenth of a second. */
async function enter(page: Page, title: string): Promise<void> {
  const entry = page.getByText(title, { exact: true });
  await page.locator(menu).getByText(title, { exact: true }).last().hover();
  await page.locator(`${menu} .focused`, { has: entry }).last().waitFor();
  await page.keyboard.press("Enter");
}

async function closed(page: Page): Promise<void> {
  await naming("the menu to close", page.locator(menu).first().waitFor({ state: "detached" }));
}
