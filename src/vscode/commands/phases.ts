import { window, type TextEditor } from "vscode";
import type { ContentId } from "../../core/files/content.ts";
import { whySensitive } from "../../core/files/sensitive.ts";
import type { OperationSubject } from "../../core/operations/operation.ts";
import { counted } from "../../core/session/format.ts";
import type { Finding, Phase } from "../../core/session/phase.ts";
import {
  phaseName,
  removeFinding,
  saveFinding,
  startPhase,
  titleOf,
} from "../../core/session/phases.ts";
import { decoded, nameOf, type SessionView } from "../../core/session/session.ts";
import { confirmSecret } from "../confirm.ts";
import { escapeMarkdown } from "../markdown.ts";
import type { Parts } from "../parts.ts";
import { withCancel } from "../progress.ts";
import { showReport } from "../report-documents.ts";
import { chooseFinding } from "./choose-finding.ts";
import type { CommandHandlers } from "./register.ts";

type PhaseCommands = Pick<
  CommandHandlers,
  "satchel.startPhase" | "satchel.saveFinding" | "satchel.showFindings" | "satchel.removeFinding"
>;

/** Commands about the phases of a session, and the findings that lead from one to the next. */
export function phaseCommands(parts: Parts): PhaseCommands {
  return {
    "satchel.startPhase": async () => start(parts),
    "satchel.saveFinding": async (...args) => save(parts, args),
    "satchel.showFindings": async () => chooseFrom(parts, "open"),
    "satchel.removeFinding": async () => chooseFrom(parts, "remove"),
  };
}

async function start(parts: Parts): Promise<void> {
  const { session } = await parts.active.ensure();
  const before = (await parts.phases.phases(session.id)).at(-1)?.number ?? 1;
  const name = await window.showInputBox({
    title: `Start Phase ${before + 1}`,
    prompt:
      "It starts from the findings and digests of the phases before; files stay for verification",
    value: phaseName(before + 1),
    valueSelection: [0, phaseName(before + 1).length],
  });
  if (name === undefined) return;
  const view = await parts.active.latest();
  const run = parts.operations.command("satchel.startPhase");
  const { phase, saved } = await run(changeOf(view), (operation) =>
    withCancel("Saving the file context of the phase before", (signal) => {
      for (const { file } of view.files) operation.file({ uri: file.uri });
      return startPhase({ ...parts, now: Date.now }, view, name, signal);
    }),
  );
  await parts.phases.writeContexts();
  const findings = await parts.phases.findings(view.session.id);
  void window.showInformationMessage(
    `${titled(phase)} begins with ${counted(findings.length, "finding")}, and with what is known of ${counted(saved.files, "file")}: ${saved.analysed} analysed now.`,
  );
}

/** What a caller may hand over instead of a selection. */
interface GivenFinding {
  /** Undefined: the user is asked. */
  readonly title?: string | undefined;
  readonly text: string;
  /** Undefined: the contents that the model is shown now. */
  readonly contentIds?: readonly ContentId[] | undefined;
}

/** Saves what it is called with, or the text that is selected in the active editor. */
async function save(parts: Parts, args: readonly unknown[]): Promise<void> {
  const given = givenOf(args) ?? (await selected());
  if (!given) return;
  const title = given.title ?? (await askTitle(titleOf(given.text)));
  if (title === undefined) return;
  const view = await parts.active.ensure();
  const { text, contentIds = shownContents(view) } = given;
  const run = parts.operations.command("satchel.saveFinding");
  const making = { phases: parts.phases, newId: () => crypto.randomUUID(), now: Date.now };
  const finding = await run(changeOf(view), () =>
    saveFinding(making, { sessionId: view.session.id, title, text, contentIds }),
  );
  const choice = await window.showInformationMessage(
    `Saved "${finding.title}" as a finding of phase ${finding.phase}.`,
    "Show Findings",
  );
  if (choice === "Show Findings") await chooseFrom(parts, "open");
}

/** Menus give other things: only an object with a text is a finding. */
function givenOf([given]: readonly unknown[]): GivenFinding | undefined {
  if (typeof given !== "object" || given === null) return undefined;
  const { title, text, contentIds } = given as Partial<Record<keyof GivenFinding, unknown>>;
  if (typeof text !== "string") return undefined;
  return {
    text,
    ...(typeof title === "string" && { title }),
    ...(Array.isArray(contentIds) && {
      contentIds: contentIds.filter((id) => typeof id === "string"),
    }),
  };
}

/** The selected text; undefined if there is none, which is said, or if it is better not shown to a model. */
async function selected(): Promise<GivenFinding | undefined> {
  const editor = window.activeTextEditor;
  const text = editor ? selectedIn(editor) : "";
  if (!editor || text.trim() === "") {
    void window.showInformationMessage("Select the text of the finding in an editor first.");
    return undefined;
  }
  const path = decoded(editor.document.uri.toString());
  const holdsPrivateKey = /-----BEGIN [A-Z ]*PRIVATE KEY/u.test(text);
  const reason = whySensitive(path, { holdsPrivateKey, ignoredByGit: false });
  const confirm = confirmSecret("Save", "as a finding, which models are shown");
  if (reason !== undefined && !(await confirm(nameOf(path), reason))) return undefined;
  return { text };
}

function selectedIn({ document, selections }: TextEditor): string {
  return selections
    .toSorted((one, other) => one.start.compareTo(other.start))
    .map((selection) => document.getText(selection))
    .filter((text) => text.trim() !== "")
    .join("\n\n");
}

async function askTitle(value: string): Promise<string | undefined> {
  return window.showInputBox({
    title: "Save Finding",
    prompt: "What the finding is called, for you and for the model",
    value,
    validateInput: (text) => (text.trim() === "" ? "A finding needs a title" : undefined),
  });
}

/** The contents that the model is shown now. */
function shownContents({ files }: SessionView): readonly ContentId[] {
  return files
    .filter(({ file }) => file.context !== "out" && file.context !== "stub")
    .map(({ content }) => content.contentId);
}

/** Lists the findings, and opens or removes the chosen one; after a removal by its button the list comes again. */
async function chooseFrom(parts: Parts, kind: "open" | "remove"): Promise<void> {
  const view = await parts.active.view();
  const findings = view ? await parts.phases.findings(view.session.id) : [];
  if (!view || findings.length === 0) {
    void window.showInformationMessage("This session has no findings: select a text and save it.");
    return;
  }
  const phases = await parts.phases.phases(view.session.id);
  const choice = await chooseFinding(kind, findings, phases);
  if (choice?.kind === "open") return open(view, phases, choice.finding);
  if (!choice || !(await mayRemove(choice.finding))) return;
  await remove(parts, view, choice.finding);
  if (kind === "open" && findings.length > 1) await chooseFrom(parts, kind);
}

async function open(
  { files }: SessionView,
  phases: readonly Phase[],
  { title, text, phase: number, contentIds, createdAt }: Finding,
): Promise<void> {
  const phase = phases.find((one) => one.number === number);
  const ids = new Set(contentIds);
  const names = files
    .filter(({ content }) => ids.has(content.contentId))
    .map(({ file }) => nameOf(file.uri));
  const facts = [
    phase ? titled(phase) : phaseName(number),
    new Date(createdAt).toLocaleString(),
    ...(names.length > 0 ? [`found in ${names.join(", ")}`] : []),
  ];
  const lines = [`# ${escapeMarkdown(title)}`, escapeMarkdown(facts.join(" · ")), text];
  // A slash would begin a folder.
  await showReport(`Finding: ${title.replaceAll(/[/\\]/gu, "-")}`, lines.join("\n\n"));
}

async function mayRemove({ title, phase }: Finding): Promise<boolean> {
  const choice = await window.showWarningMessage(
    `Remove the finding "${title}" of phase ${phase}?`,
    { modal: true, detail: "Later phases will not use it. The files that it was found in stay." },
    "Remove",
  );
  return choice === "Remove";
}

async function remove(parts: Parts, view: SessionView, finding: Finding): Promise<void> {
  const run = parts.operations.command("satchel.removeFinding");
  await run(changeOf(view), () => removeFinding(parts, finding.id));
  void offerUndo(parts, view, finding).catch((error: unknown) => parts.report.error(error));
}

async function offerUndo(parts: Parts, view: SessionView, finding: Finding): Promise<void> {
  const choice = await window.showInformationMessage(`Removed "${finding.title}".`, "Undo");
  if (choice !== "Undo") return;
  const run = parts.operations.command("satchel.saveFinding");
  await run(changeOf(view), () => parts.phases.saveFinding(finding));
}

function changeOf({ session }: SessionView): OperationSubject {
  return { kind: "metadata_change", sessionId: session.id };
}

/** `Phase 2`, or `Phase 2 "Charts"`. */
function titled({ number, name }: Phase): string {
  return name === phaseName(number) ? name : `${phaseName(number)} "${name}"`;
}
