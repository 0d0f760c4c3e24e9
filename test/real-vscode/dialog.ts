import type { Page } from "playwright-core";
import { naming } from "./wait.ts";

/** The modal question in the middle of the window. */
export interface Dialog {
  /** Waits for a dialog and gives its message and detail, one line each. */
  text(): Promise<string>;
  buttons(): Promise<readonly string[]>;
  /** Waits for a dialog and clicks its button; resolves when it is closed. */
  click(button: string): Promise<void>;
}

/** Drives the modal dialogs of a workbench. */
export function createDialog(page: Page): Dialog {
  const dialog = page.locator(".monaco-dialog-box");
  const buttons = dialog.locator(".dialog-buttons-row .monaco-button");
  return {
    text: () => naming("a dialog", dialog.locator(".dialog-message-container").innerText()),
    buttons: async () => {
      await naming("a dialog", dialog.waitFor());
      return buttons.allInnerTexts();
    },
    click: async (button) => {
      await naming(
        `the dialog button “${button}”`,
        buttons.getByText(button, { exact: true }).click(),
      );
      await naming("the dialog to close", dialog.waitFor({ state: "detached" }));
    },
  };
}
