import {
  QuickPickItemKind,
  ThemeIcon,
  window,
  type QuickInputButton,
  type QuickPickItem,
} from "vscode";
import { phaseName } from "../../core/session/phases.ts";
import type { Finding, Phase } from "../../core/session/phase.ts";
import { counted } from "../../core/session/format.ts";

const removeButton: QuickInputButton = {
  iconPath: new ThemeIcon("trash"),
  tooltip: "Remove Finding…",
};

/** What a person wants to do with a finding; undefined if the list was left. */
export type FindingChoice =
  | { readonly kind: "open" | "remove"; readonly finding: Finding }
  | undefined;

interface FindingItem extends QuickPickItem {
  readonly finding?: Finding;
}

/** A list of findings by phase, newest first, each with a button that removes it. `kind` is what choosing one means. */
export function chooseFinding(
  kind: "open" | "remove",
  findings: readonly Finding[],
  phases: readonly Phase[],
): Promise<FindingChoice> {
  const pick = window.createQuickPick<FindingItem>();
  pick.title = kind === "open" ? "Findings" : "Remove Finding";
  pick.placeholder = `${counted(findings.length, "finding")}, newest first: choose one to ${kind === "open" ? "read" : "remove"} it`;
  pick.matchOnDescription = true;
  pick.items = itemsOf(findings, phases, kind === "open" ? [removeButton] : []);
  return new Promise((resolve) => {
    const end = (choice: FindingChoice): void => {
      resolve(choice);
      pick.hide();
    };
    pick.onDidAccept(() => {
      const finding = pick.activeItems[0]?.finding;
      if (finding) end({ kind, finding });
    });
    pick.onDidTriggerItemButton(({ item: { finding } }) => {
      if (finding) end({ kind: "remove", finding });
    });
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
  });
}

/** The newest phase first, under a line with its name; in it the newest finding first. */
function itemsOf(
  findings: readonly Finding[],
  phases: readonly Phase[],
  buttons: readonly QuickInputButton[],
): readonly FindingItem[] {
  const names = new Map(phases.map(({ number, name }) => [number, name]));
  const numbers = [...new Set(findings.map(({ phase }) => phase))].toSorted((a, b) => b - a);
  return numbers.flatMap((number) => {
    const name = names.get(number) ?? phaseName(number);
    const label = name === phaseName(number) ? name : `${phaseName(number)}: ${name}`;
    const inPhase = findings.filter(({ phase }) => phase === number).toReversed();
    const separator: FindingItem = { label, kind: QuickPickItemKind.Separator };
    return [separator].concat(inPhase.map((finding) => itemOf(finding, buttons)));
  });
}

function itemOf(finding: Finding, buttons: readonly QuickInputButton[]): FindingItem {
  const { title, text, phase, createdAt } = finding;
  const facts = [`phase ${phase}`, counted(text.length, "character")];
  return {
    // A dollar sign and brackets would be taken for an icon.
    label: title.replaceAll("$(", "$ ("),
    description: facts.join(" · "),
    detail: new Date(createdAt).toLocaleString(),
    buttons,
    finding,
  };
}
