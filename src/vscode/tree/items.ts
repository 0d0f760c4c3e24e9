import { MarkdownString, ThemeIcon, TreeItem, TreeItemCollapsibleState, Uri } from "vscode";
import { nameOf } from "../../core/session/session.ts";
import { escapeMarkdown } from "../markdown.ts";
import type { DigestRow } from "./digest-row.ts";
import type { ActionNode, DigestNode, FactNode, FileNode } from "./node.ts";
import type { Row } from "./row.ts";

/** A file's row as VS Code draws it. */
export function fileItem(node: FileNode, row: Row): TreeItem {
  const { file } = node.view;
  const item = new TreeItem(nameOf(file.uri), TreeItemCollapsibleState.Collapsed);
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

/** The row of a file's digest. */
export function digestItem({ below, digest }: DigestNode, row: DigestRow): TreeItem {
  const hasFacts = row.facts.length > 0;
  const { Collapsed, None } = TreeItemCollapsibleState;
  const item = new TreeItem("Digest", hasFacts ? Collapsed : None);
  item.id = `${below.view.file.id}/digest`;
  item.iconPath = new ThemeIcon(digest?.columns ? "table" : "note");
  item.description = row.description;
  item.tooltip = tooltip([
    ["Digest", row.description],
    ...row.facts.map(({ name, value }) => [name, value] as const),
  ]);
  item.contextValue = "digest";
  item.accessibilityInformation = { label: row.spoken };
  item.command = { command: "satchel.showDigest", title: "Show Digest", arguments: [below] };
  return item;
}

/** A row below a digest. */
export function factItem({ fact: { name, value } }: FactNode): TreeItem {
  const item = new TreeItem(name);
  item.description = value;
  item.tooltip = tooltip([[name, value]]);
  item.contextValue = "fact";
  item.accessibilityInformation = { label: `${name}: ${value}` };
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
