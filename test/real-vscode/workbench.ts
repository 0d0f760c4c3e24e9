/**
 * A VS Code window, driven the way a user would.
 * @module
 */
import { join } from "node:path";
import type { BrowserContext, Page } from "playwright-core";
import { type Chat, createChat } from "./chat.ts";
import { type Dialog, createDialog } from "./dialog.ts";
import { dragToView } from "./drag.ts";
import { type Editor, createEditor } from "./editor.ts";
import { type Notifications, createNotifications } from "./notifications.ts";
import { type QuickInput, createQuickInput } from "./quick-input.ts";
import type { VsCodeServer } from "./server.ts";
import { type Tree, createTree } from "./tree.ts";
import { naming } from "./wait.ts";

/** A color theme of VS Code itself. */
export type Theme = keyof typeof themes;

/** A VS Code window. Everything waits for what it needs, and its errors say what that was. */
export interface Workbench {
  readonly page: Page;
  readonly quickInput: QuickInput;
  readonly notifications: Notifications;
  readonly dialog: Dialog;
  readonly editor: Editor;
  readonly chat: Chat;
  /** The files of the workspace; in sight when the view `Explorer` is open. */
  readonly explorer: Tree;
  /** Runs a command by its title in the palette, such as `View: Close Editor`. */
  runCommand(title: string): Promise<void>;
  /** Shows what an icon of the activity bar stands for. */
  openView(icon: string): Promise<void>;
  /** The tree of a view, by the name of the view. */
  tree(view: string): Tree;
  /** Drags a file of the Explorer over an icon of the activity bar and drops it on the tree that appears. */
  dragToView(file: string, icon: string, view: string): Promise<void>;
  /** Switches the color theme through the settings. */
  useTheme(theme: Theme): Promise<void>;
  /** Writes `test-results/<name>.png`. */
  screenshot(name: string): Promise<void>;
  /** Reloads the window, with a new extension host. */
  reload(): Promise<void>;
}

const themes = {
  light: { name: "Light 2026", className: "vs" },
  dark: { name: "Dark 2026", className: "vs-dark" },
  "high-contrast": { name: "Default High Contrast", className: "hc-black" },
} as const;

const bootLimitMs = 60_000;
const pictures = join(import.meta.dirname, "..", "..", "test-results");

/** Opens a window on the workspace of a server and waits until it is usable. */
export async function openWorkbench(
  context: BrowserContext,
  server: VsCodeServer,
): Promise<Workbench> {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  // Nothing moves while it is clicked.
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.goto(server.url);
  await ready(page);
  const quickInput = createQuickInput(page);
  const parts = {
    page,
    quickInput,
    notifications: createNotifications(page),
    dialog: createDialog(page),
    editor: createEditor(page, quickInput),
    chat: createChat(page, quickInput),
    explorer: createTree(page, "Files Explorer"),
  };
  return { ...parts, ...actions(page, quickInput, server) };
}

type Actions = Pick<
  Workbench,
  "runCommand" | "openView" | "tree" | "dragToView" | "useTheme" | "screenshot" | "reload"
>;

function actions(page: Page, quickInput: QuickInput, server: VsCodeServer): Actions {
  return {
    runCommand: (title) => quickInput.runCommand(title),
    openView: (icon) => openView(page, icon),
    tree: (view) => createTree(page, view),
    dragToView: async (file, icon, view) => {
      await openView(page, "Explorer");
      const source = createTree(page, "Files Explorer").locator(file);
      await dragToView(page, source, viewIcon(page, icon), createTree(page, view).locator());
    },
    useTheme: async (theme) => {
      await server.changeSettings({ "workbench.colorTheme": themes[theme].name });
      const themed = page.locator(`.monaco-workbench.${themes[theme].className}`);
      await naming(`the ${theme} theme`, themed.waitFor());
    },
    screenshot: async (name) => {
      await page.screenshot({ path: join(pictures, `${name}.png`) });
    },
    reload: async () => {
      const loaded = page.waitForEvent("load", { timeout: bootLimitMs });
      await quickInput.runCommand("Developer: Reload Window");
      await naming("the window to reload", loaded);
      await ready(page);
    },
  };
}

async function ready(page: Page): Promise<void> {
  const statusBar = page.locator(".monaco-workbench .part.statusbar");
  await naming("the workbench", statusBar.waitFor({ timeout: bootLimitMs }));
}

function viewIcon(page: Page, title: string) {
  const label = page.locator(`[aria-label^=${JSON.stringify(title)}]`);
  return page.locator(".part.activitybar [role=tab]", { has: label }).first();
}

async function openView(page: Page, title: string): Promise<void> {
  const icon = viewIcon(page, title);
  await naming(`the view “${title}” in the activity bar`, icon.waitFor());
  // A second click would close it.
  if ((await icon.getAttribute("aria-expanded")) !== "true") await icon.click();
}
