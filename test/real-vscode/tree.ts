import type { Locator, Page } from "playwright-core";
import { chooseFromMenu, readMenu } from "./menu.ts";
import { naming, waitFor } from "./wait.ts";

/** One row of a tree as the user sees it. */
export interface TreeRow {
  readonly label: string;
  readonly description: string;
  /** What a screen reader says. */
  readonly spoken: string;
  /** 1 for the rows at the root. */
  readonly level: number;
  /** Undefined for a row without children. */
  readonly expanded: boolean | undefined;
  /** Undefined for a row without a checkbox. */
  readonly checked: boolean | undefined;
}

/** A tree view; rows are named by their label. */
export interface Tree {
  /** The rows in sight, top down: VS Code renders no others. */
  rows(): Promise<readonly TreeRow[]>;
  /** Waits for a row. */
  row(label: string): Promise<TreeRow>;
  /** Clicks the first row, then adds the others to the selection. */
  select(...labels: readonly string[]): Promise<void>;
  expand(label: string): Promise<void>;
  /** Switches the checkbox of a row. */
  toggle(label: string): Promise<void>;
  /** The text that shows while the mouse rests on a row. */
  tooltip(label: string): Promise<string>;
  /** The enabled entries of a row's context menu. */
  menu(label: string): Promise<readonly string[]>;
  /** Clicks through a row's context menu. */
  choose(label: string, ...titles: readonly string[]): Promise<void>;
  /** Clicks one of the buttons at the end of a row. */
  act(label: string, action: string): Promise<void>;
  /** The text above the rows, or an empty string. */
  message(): Promise<string>;
  /** The element of a row, or of the whole tree. */
  locator(label?: string): Locator;
}

/** VS Code shows a tooltip half a second after the mouse has come to rest. */
const hoverLimitMs = 3_000;
const hoverLeavesMs = 600;

/** Drives the tree with this name: the name of its view, or `Files Explorer`. */
export function createTree(page: Page, name: string): Tree {
  const tree = page.getByRole("tree", { name, exact: true });
  const locate = (label: string) =>
    tree
      .getByRole("treeitem")
      .filter({ has: page.locator(".label-name").getByText(label, { exact: true }) })
      .first();
  const named = <T>(label: string, action: Promise<T>) =>
    naming(`the row “${label}” of the tree “${name}”`, action);
  return {
    rows: async () => (await tree.getByRole("treeitem").evaluateAll(readRows)) as TreeRow[],
    row: async (label) => {
      await named(label, locate(label).waitFor());
      const [row] = await locate(label).evaluateAll(readRows);
      return row as TreeRow;
    },
    select: async (...labels) => {
      for (const [index, label] of labels.entries()) {
        await named(
          label,
          locate(label).click({ modifiers: index === 0 ? [] : ["ControlOrMeta"] }),
        );
      }
    },
    expand: (label) => named(label, expand(locate(label))),
    toggle: (label) => named(label, locate(label).getByRole("checkbox").click()),
    tooltip: (label) => named(label, readTooltip(page, locate(label))),
    menu: (label) => named(label, readMenu(page, locate(label))),
    choose: (label, ...titles) => named(label, chooseFromMenu(page, locate(label), titles)),
    act: (label, action) => named(label, act(locate(label), action)),
    message: () =>
      page
        .locator(".tree-explorer-viewlet-tree-view", { has: tree })
        .locator("> .message")
        .innerText(),
    locator: (label) => (label === undefined ? tree : locate(label)),
  };
}

/** Runs in the browser, at once for all rows, so that they belong to one moment. */
function readRows(rows: readonly Element[]): readonly unknown[] {
  return rows.map((row) => ({
    label: row.querySelector(".label-name")?.textContent ?? "",
    description: row.querySelector(".label-description")?.textContent ?? "",
    spoken: row.getAttribute("aria-label") ?? "",
    level: Number(row.getAttribute("aria-level")),
    expanded: row.ariaExpanded === null ? undefined : row.ariaExpanded === "true",
    checked:
      row.querySelector("[role=checkbox]") === null
        ? undefined
        : row.querySelector("[role=checkbox][aria-checked=true]") !== null,
  }));
}

async function expand(row: Locator): Promise<void> {
  if ((await row.getAttribute("aria-expanded")) !== "true")
    await row.locator(".monaco-tl-twistie").click();
}

async function act(row: Locator, action: string): Promise<void> {
  // The buttons are visible only under the mouse.
  await row.hover();
  await row.getByRole("button", { name: action }).click();
}

async function readTooltip(page: Page, row: Locator): Promise<string> {
  const hover = page.locator(".monaco-hover:not(.hidden)");
  for (const x of [40, 60, 80]) {
    // The tooltip of what the mouse rested on before may still be to come: away first, to where there is none.
    await page.mouse.move(page.viewportSize()?.width ?? 0, 0);
    await hover.first().waitFor({ state: "hidden" });
    await row.hover({ position: { x, y: 10 } });
    const text = await waitFor("the tooltip", () => textOf(hover), hoverLimitMs).catch(() => "");
    // One that was late for what the mouse had rested on goes again.
    await page.waitForTimeout(hoverLeavesMs);
    // A row that is drawn anew under a resting mouse shows nothing until the mouse moves again.
    if (text !== "" && (await textOf(hover)) === text) return text;
  }
  throw new Error("No tooltip came");
}

async function textOf(hover: Locator): Promise<string | undefined> {
  return (await hover.allInnerTexts()).at(-1);
}
