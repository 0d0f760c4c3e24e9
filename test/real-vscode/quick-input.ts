import type { Locator, Page } from "playwright-core";
import { naming, waitFor, waitUntil } from "./wait.ts";

/** The box at the top of the window: command palette, quick picks and input boxes. */
export interface QuickInput {
  /** Waits for a box with this title or placeholder. */
  opened(title: string): Promise<void>;
  /** The labels on offer, in order. */
  labels(): Promise<readonly string[]>;
  /** Chooses the entry with this label. */
  pick(label: string): Promise<void>;
  /** Sets the checkboxes so that exactly these labels are on, then confirms. */
  check(labels: readonly string[]): Promise<void>;
  /** Replaces the text of the box. */
  type(text: string): Promise<void>;
  /** The line under an input box: what to enter, or why it is refused. */
  message(): Promise<string>;
  /** Presses Enter. */
  accept(): Promise<void>;
  /** Presses Escape. */
  cancel(): Promise<void>;
  /** Runs a command by its title in the palette, such as `View: Close Editor`. */
  runCommand(title: string): Promise<void>;
}

/** The first line of a row: the second holds a detail, shown or not. */
const labelOf = ".quick-input-list-row:first-child .label-name";

/** Drives the quick input of a workbench. */
export function createQuickInput(page: Page): QuickInput {
  const widget = page.locator(".quick-input-widget");
  const box = widget.getByRole("textbox");
  const rows = widget.locator(".monaco-list-row");
  return {
    opened: (title) =>
      naming(`the quick input “${title}”`, widget.getByLabel(title).first().waitFor()),
    labels: async () => {
      await naming("a quick pick with choices", rows.first().waitFor());
      return rows.locator(labelOf).allInnerTexts();
    },
    pick: (label) => naming(`the choice “${label}”`, row(rows, label).click()),
    check: (labels) => check(widget, labels),
    type: (text) => naming("an input box", box.fill(text)),
    message: () => naming("an input box", widget.locator(".quick-input-message").innerText()),
    accept: () => naming("a quick input to accept", box.press("Enter")),
    cancel: () => naming("a quick input to cancel", box.press("Escape")),
    runCommand: (title) => runCommand(page, widget, title),
  };
}

function row(rows: Locator, label: string): Locator {
  const name = rows.page().locator(labelOf).getByText(label, { exact: true });
  return rows.filter({ has: name }).first();
}

async function check(widget: Locator, labels: readonly string[]): Promise<void> {
  const rows = widget.locator(".monaco-list-row");
  await naming("a quick pick with checkboxes", rows.getByRole("checkbox").first().waitFor());
  const offered = await rows.locator(labelOf).allInnerTexts();
  const missing = labels.filter((label) => !offered.includes(label));
  if (missing.length > 0)
    throw new Error(`No choice “${missing.join("”, “")}” among: ${offered.join(", ")}`);
  for (const label of offered) {
    await row(rows, label).getByRole("checkbox").setChecked(labels.includes(label));
  }
  await widget.getByRole("button", { name: "OK" }).click();
}

async function runCommand(page: Page, widget: Locator, title: string): Promise<void> {
  const box = widget.getByRole("textbox");
  await page.keyboard.press("F1");
  await naming("the command palette", box.waitFor());
  const command = row(widget.getByRole("option"), title);
  // An open palette does not learn of commands that are registered later: ask it again.
  await waitUntil(`the command “${title}”`, async () => {
    await box.fill(">");
    await box.fill(`>${title}`);
    return waitFor("", async () => ((await command.isVisible()) ? true : undefined), 1_000).catch(
      () => false,
    );
  });
  await command.click();
}
