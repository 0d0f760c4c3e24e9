import { MarkdownString, ThemeIcon, TreeItem, Uri } from "vscode";
import { nameOf } from "../../core/session/session.ts";
import { escapeMarkdown } from "../markdown.ts";
import type { ActionNode, FileNode } from "./node.ts";
import type { Row } from "./row.ts";

/** A file's row as VS Code draws it. */
export function fileItem(node: FileNode, row: Row): TreeItem {
  const { file } = node.view;
  const item = new TreeItem(nameOf(file.uri));
  item.id = file.id;
  // The resource gives the row its file icon and git colours.
  item.resourceUri = Uri.parse(file.uri);
  item.iconPath = file.disk === "missing" ? new ThemeIcon("warning") : ThemeIcon.File;
  item.description = row.description;
  item.tooltip = tooltip(row.facts);
  item.contextValue = row.contextValue;
  item.accessibilityInformation = { label: row.spoken };
  item.command = { command: "satchel.openFile", title: "Open File", arguments: [node] };
  return item;
}

/** A row that runs a command. */
export function actionItem({ title, icon, command }: ActionNode): TreeItem {
  const item = new TreeItem(title);
  item.id = command;
  item.iconPath = new ThemeIcon(icon);
  item.command = { command, title };
  return item;
}

function tooltip(facts: readonly (readonly [string, string])[]): MarkdownString {
  const lines = facts.map(
    ([label, value]) => `**${escapeMarkdown(label)}** ${escapeMarkdown(value)}`,
  );
  return new MarkdownString(lines.join("  \n"));
}
