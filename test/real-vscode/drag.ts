import type { Locator, Page } from "playwright-core";
import { naming, waitUntil } from "./wait.ts";

/** Drags an element over the icon of a view, which opens after a moment, and drops it on the tree in that view. */
export async function dragToView(
  page: Page,
  source: Locator,
  icon: Locator,
  tree: Locator,
): Promise<void> {
  await naming("the element to drag", source.hover());
  await page.mouse.down();
  await waitUntil("the view to open under the drag", async () => {
    // Each move tells the page that the drag is still there.
    await moveTo(page, icon);
    return tree.isVisible();
  });
  await waitUntil("the tree to accept the drag", async () => {
    await moveTo(page, tree);
    return tree
      .and(page.locator(".drop-target"))
      .or(tree.locator(".drop-target"))
      .first()
      .isVisible();
  });
  await page.mouse.up();
}

async function moveTo(page: Page, target: Locator): Promise<void> {
  const box = await target.boundingBox();
  if (box === null) throw new Error("Nothing to drag to");
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2, { steps: 2 });
}
