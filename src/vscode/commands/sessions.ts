import { window } from "vscode";
import { counted } from "../../core/session/format.ts";
import type { OperationSubject } from "../../core/operations/operation.ts";
import type { Session } from "../../core/session/session.ts";
import type { Parts } from "../parts.ts";
import type { CommandHandlers } from "./register.ts";

/** Commands about sessions as a whole. */
export function sessionCommands(
  parts: Parts,
): Pick<
  CommandHandlers,
  "satchel.newSession" | "satchel.renameSession" | "satchel.switchSession" | "satchel.deleteSession"
> {
  return {
    "satchel.newSession": async () => {
      const sessions = await parts.active.sessions();
      const name = await askName("New Session", `Session ${sessions.length + 1}`, sessions);
      if (name !== undefined) await parts.active.create(name);
    },
    "satchel.renameSession": async () => rename(parts),
    "satchel.switchSession": async () => {
      const session = await chooseSession(parts, "Switch Session");
      if (session) await parts.active.switchTo(session.id);
    },
    "satchel.deleteSession": async () => remove(parts),
  };
}

async function rename(parts: Parts): Promise<void> {
  const { session } = await parts.active.ensure();
  const others = (await parts.active.sessions()).filter(({ id }) => id !== session.id);
  const name = await askName("Rename Session", session.name, others);
  if (name === undefined) return;
  await parts.operations.command("satchel.renameSession")(changeOf(session), () =>
    parts.registry.renameSession(session.id, name),
  );
}

async function remove(parts: Parts): Promise<void> {
  const session = await chooseSession(parts, "Delete Session");
  if (!session) return;
  const view = await parts.registry.view(session.id);
  const files = view?.files.length ?? 0;
  const choice = await window.showWarningMessage(
    `Delete the session "${session.name}" with its ${counted(files, "file")}?`,
    { modal: true, detail: "The files on disk stay, and so do uploads at providers." },
    "Delete",
  );
  if (choice !== "Delete") return;
  await parts.operations.command("satchel.deleteSession")(changeOf(session), () =>
    parts.registry.deleteSession(session.id),
  );
}

function changeOf(session: Session): OperationSubject {
  return { kind: "metadata_change", sessionId: session.id };
}

async function chooseSession(parts: Parts, title: string): Promise<Session | undefined> {
  const active = (await parts.active.view())?.session.id;
  const sessions = await parts.active.sessions();
  if (sessions.length === 0) {
    void window.showInformationMessage("There is no session yet: add a file to begin one.");
    return undefined;
  }
  const items = sessions.map((session) => ({
    label: session.name,
    description: `${session.id === active ? "active · " : ""}since ${new Date(session.createdAt).toLocaleDateString()}`,
    session,
  }));
  return (await window.showQuickPick(items, { title }))?.session;
}

async function askName(
  title: string,
  value: string,
  others: readonly Session[],
): Promise<string | undefined> {
  const name = await window.showInputBox({
    title,
    value,
    validateInput: (text) => {
      if (text.trim() === "") return "A session needs a name";
      return others.some((session) => session.name === text.trim())
        ? "Another session has this name"
        : undefined;
    },
  });
  return name?.trim();
}
