import type { Locator, Page } from "playwright-core";
import { naming } from "./wait.ts";

/** A notification as the user sees it. */
export interface Notification {
  readonly severity: "info" | "warning" | "error";
  readonly text: string;
  readonly buttons: readonly string[];
}

/** The toasts in the corner of the window. */
export interface Notifications {
  /** Those in sight, newest first. */
  all(): Promise<readonly Notification[]>;
  /** Waits for one whose text contains `text`. */
  appeared(text: string): Promise<Notification>;
  /** Waits for one whose text contains `text` and clicks its button. */
  click(text: string, button: string): Promise<void>;
  /** Waits for one whose text contains `text` and closes it. */
  dismiss(text: string): Promise<void>;
}

/** Drives the notifications of a workbench. */
export function createNotifications(page: Page): Notifications {
  const toasts = page.locator(".notification-toast .monaco-list-row");
  const toast = (text: string) => toasts.filter({ hasText: text }).first();
  return {
    all: async () => Promise.all((await toasts.all()).map(read)),
    appeared: async (text) => {
      await naming(`the notification “${text}”`, toast(text).waitFor());
      return read(toast(text));
    },
    click: async (text, button) => {
      const target = toast(text).getByRole("button", { name: button, exact: true });
      await naming(`the button “${button}” of the notification “${text}”`, target.click());
    },
    dismiss: async (text) => {
      // The toolbar is visible only under the mouse.
      await naming(`the notification “${text}”`, toast(text).hover());
      await naming("its close button", toast(text).locator(".codicon-notifications-clear").click());
    },
  };
}

async function read(toast: Locator): Promise<Notification> {
  const label = (await toast.getAttribute("aria-label")) ?? "";
  return {
    severity: /^(Info|Warning|Error):/.exec(label)?.[1]?.toLowerCase() as Notification["severity"],
    text: await toast.locator(".notification-list-item-message").innerText(),
    buttons: await toast
      .locator(".notification-list-item-buttons-container .monaco-button")
      .allInnerTexts(),
  };
}
