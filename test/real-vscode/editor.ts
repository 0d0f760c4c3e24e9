import type { Page } from "playwright-core";
import { readCopied } from "./clipboard.ts";
import { chooseFromMenu } from "./menu.ts";
import type { QuickInput } from "./quick-input.ts";
import { naming } from "./wait.ts";

/** The area of open files and documents, which are named by the last part of their path. */
export interface Editor {
  /** Opens a file by its absolute path. */
  open(path: string): Promise<void>;
  /** Waits until a file or document is in the active tab, with its text loaded. */
  shown(name: string): Promise<void>;
  /** The names of the open files and documents, in the order of the tabs. */
  tabs(): Promise<readonly string[]>;
  /** Clicks through the context menu of a tab. */
  chooseFromTab(name: string, ...titles: readonly string[]): Promise<void>;
  /** The whole text of the active editor, byte for byte; it must not be empty. */
  text(): Promise<string>;
}

const activeEditor = ".editor-group-container.active .monaco-editor";

/** Drives the editors of a workbench. */
export function createEditor(page: Page, quickInput: QuickInput): Editor {
  const tabs = page.locator(".part.editor [role=tab]");
  const tab = (name: string) =>
    page.locator(`.part.editor [role=tab][data-resource-name=${JSON.stringify(name)}]`).first();
  return {
    open: async (path) => {
      const name = path.slice(path.lastIndexOf("/") + 1);
      await page.keyboard.press("ControlOrMeta+P");
      await quickInput.type(path);
      await quickInput.pick(name);
      await shown(page, name);
    },
    shown: (name) => shown(page, name),
    tabs: () =>
      tabs.evaluateAll((all) => all.map((one) => one.getAttribute("data-resource-name") ?? "")),
    chooseFromTab: (name, ...titles) => chooseFromMenu(page, tab(name), titles),
    text: () => readText(page),
  };
}

async function shown(page: Page, name: string): Promise<void> {
  const uri = JSON.stringify(encodeURIComponent(name));
  const editor = page.locator(`${activeEditor}[data-uri*=${uri}]`).first();
  await naming(`the text of “${name}” in the active editor`, editor.waitFor());
}

async function readText(page: Page): Promise<string> {
  const input = page.locator(activeEditor).first().getByRole("textbox");
  await naming("an active text editor", input.focus());
  return readCopied(page, "the text of the active editor", async () => {
    await page.keyboard.press("ControlOrMeta+A");
    await page.keyboard.press("ControlOrMeta+C");
  });
}
