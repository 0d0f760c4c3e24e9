import {
  ThemeIcon,
  Uri,
  window,
  workspace,
  type QuickInputButton,
  type QuickPickItem,
} from "vscode";
import { entryOf, fileName } from "../../core/operations/describe.ts";
import { jsonLines } from "../../core/operations/json-lines.ts";
import type { OperationEvent } from "../../core/operations/operation.ts";
import { counted } from "../../core/session/format.ts";
import { pathInWorkspace } from "../../core/session/path.ts";
import { openOperation } from "../operation-documents.ts";
import type { Parts } from "../parts.ts";
import { isFileNode } from "../tree/node.ts";
import type { CommandHandlers } from "./register.ts";

/** More operations than anybody scrolls through; the export of the whole log has the others. */
const shownAtMost = 1_000;

const filterButton: QuickInputButton = {
  iconPath: new ThemeIcon("filter"),
  tooltip: "Filter by File…",
};
const exportButton: QuickInputButton = {
  iconPath: new ThemeIcon("export"),
  tooltip: "Export as JSON Lines…",
};

/** Commands about the operations log. */
export function operationCommands(
  parts: Parts,
): Pick<CommandHandlers, "satchel.showOperations" | "satchel.exportOperations"> {
  return {
    "satchel.showOperations": async (...args) => showOperations(parts, fileOf(args)),
    "satchel.exportOperations": async () => exportEvents(await parts.operations.log.operations({})),
  };
}

/** A row's menu gives the row. */
function fileOf([node]: readonly unknown[]): string | undefined {
  return isFileNode(node) ? node.view.file.uri : undefined;
}

/** Shows the operations of one file, or of all, until one of them is opened, they are exported, or the list is left. */
async function showOperations(parts: Parts, file: string | undefined): Promise<void> {
  const { log } = parts.operations;
  const pathOf = await paths(parts);
  // A window may have died since this one was opened: what it began must not be shown as running.
  await log.resolveInterrupted(Date.now());
  for (let uri = file; ;) {
    const shown = await log.operations({ uri, lastOnly: true, limit: shownAtMost });
    const choice = await choose(shown, uri, pathOf);
    if (choice === "filter") {
      uri = await chooseFile(parts, shown, uri);
      continue;
    }
    if (choice === "export") {
      const ids = new Set(shown.map(({ id }) => id));
      await exportEvents((await log.operations({ uri })).filter(({ id }) => ids.has(id)));
    } else if (choice) {
      await openOperation(choice);
    }
    return;
  }
}

async function paths(parts: Parts): Promise<(uri: string) => string> {
  const workspaceUri = (await parts.active.view())?.session.workspace ?? "";
  return (uri) => pathInWorkspace(uri, workspaceUri);
}

type Choice = OperationEvent | "filter" | "export" | undefined;

interface OperationItem extends QuickPickItem {
  readonly operation: OperationEvent;
}

/** The list of operations, newest first, with its buttons. Undefined if it is left. */
function choose(
  shown: readonly OperationEvent[],
  uri: string | undefined,
  pathOf: (uri: string) => string,
): Promise<Choice> {
  const pick = window.createQuickPick<OperationItem>();
  pick.title = uri === undefined ? "Operations" : `Operations: ${fileName(uri)}`;
  pick.placeholder =
    shown.length === 0
      ? "Nothing was logged yet"
      : `${counted(shown.length, "operation")}, newest first: choose one to see its events`;
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  pick.buttons = shown.length === 0 ? [filterButton] : [filterButton, exportButton];
  pick.items = shown.map((operation) => itemOf(operation, pathOf));
  return new Promise((resolve) => {
    const end = (choice: Choice): void => {
      resolve(choice);
      pick.hide();
    };
    pick.onDidAccept(() => end(pick.activeItems[0]?.operation));
    pick.onDidTriggerButton((button) => end(button === filterButton ? "filter" : "export"));
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
  });
}

function itemOf(operation: OperationEvent, pathOf: (uri: string) => string): OperationItem {
  const { label, description, detail } = entryOf(operation, pathOf);
  const time = new Date(operation.at).toLocaleString();
  return {
    label: `$(${iconOf(operation)}) ${label}`,
    description,
    detail: `${time} · ${detail}`,
    operation,
  };
}

function iconOf({ event, errorCode }: OperationEvent): string {
  if (event === "completed") return "check";
  if (event !== "failed") return "loading";
  return errorCode === "cancelled" ? "circle-slash" : "error";
}

/** The file whose operations are wanted, undefined for all; the one of before if none is chosen. */
async function chooseFile(
  parts: Parts,
  shown: readonly OperationEvent[],
  before: string | undefined,
): Promise<string | undefined> {
  const pathOf = await paths(parts);
  const files = (await parts.active.view())?.files ?? [];
  const uris = new Set([
    ...files.map(({ file }) => file.uri),
    ...shown.flatMap(({ uri }) => (uri === undefined ? [] : [uri])),
  ]);
  const items = [
    { label: "All Files", uri: undefined },
    ...[...uris].map((uri) => ({ label: fileName(uri), description: pathOf(uri), uri })),
  ];
  const picked = await window.showQuickPick(items, {
    title: "Filter Operations by File",
    matchOnDescription: true,
  });
  return picked ? picked.uri : before;
}

/** Asks where to, and writes events there, oldest first. */
async function exportEvents(newestFirst: readonly OperationEvent[]): Promise<void> {
  const folder = workspace.workspaceFolders?.[0]?.uri;
  const target = await window.showSaveDialog({
    title: "Export Operations",
    saveLabel: "Export",
    filters: { "JSON Lines": ["jsonl"] },
    ...(folder && { defaultUri: Uri.joinPath(folder, "satchel-operations.jsonl") }),
  });
  if (!target) return;
  await workspace.fs.writeFile(
    target,
    new TextEncoder().encode(jsonLines(newestFirst.toReversed())),
  );
  const events = counted(newestFirst.length, "event");
  void window.showInformationMessage(`Exported ${events} to ${fileName(target.toString())}.`);
}
