import type { Locator, Page } from "playwright-core";
import { readCopied } from "./clipboard.ts";
import type { QuickInput } from "./quick-input.ts";
import { naming, waitFor, waitUntil } from "./wait.ts";

/** A complete answer as the user sees it. */
export interface ChatAnswer {
  /** Markdown, as the Copy button of the answer gives it: titles of buttons follow at the end. */
  readonly text: string;
  /** The files under “Used n references”. */
  readonly references: readonly string[];
  readonly buttons: readonly string[];
  /** The error that ended the answer, or an empty string. */
  readonly error: string;
}

/** The chat view. */
export interface Chat {
  /** Opens the view and starts an empty conversation. */
  startNew(): Promise<void>;
  /** Sends a question, such as `@name /command text`, and waits for the whole answer. */
  ask(question: string): Promise<ChatAnswer>;
  /** Clicks a button of the last answer. */
  click(button: string): Promise<void>;
  /** Waits for a followup of the last answer, clicks it and waits for the answer. */
  follow(title: string): Promise<ChatAnswer>;
  /** The followups of the last answer that have arrived so far. */
  followups(): Promise<readonly string[]>;
  /** The names of the files attached to the next question. */
  attachments(): Promise<readonly string[]>;
}

const answerLimitMs = 60_000;

/** Drives the chat of a workbench. */
export function createChat(page: Page, quickInput: QuickInput): Chat {
  const part = page.locator(".part.auxiliarybar");
  const session = part.locator(".interactive-session");
  const last = session.locator(".monaco-list-row", {
    has: page.locator(".chat-most-recent-response"),
  });
  const followups = session.locator(".interactive-session-followups").getByRole("button");
  const empty = session.locator(".chat-welcome-view");
  // After a start VS Code takes a moment to learn of the models; meanwhile it advertises its own.
  const model = part.locator(
    ".model-picker-name[aria-label^='Models, ']:not([aria-label*='sign in'])",
  );
  const open = async () => {
    if (!(await session.isVisible())) await quickInput.runCommand("Chat: Open Chat");
    const conversation = empty.or(last).filter({ visible: true }).first();
    await naming("the conversation of the chat", conversation.waitFor());
  };
  return {
    startNew: async () => {
      await open();
      if (await empty.isVisible()) return;
      const button = part.locator("[aria-label^='New Chat']").first();
      await naming("the button for a new chat", button.click());
      await naming("an empty chat", empty.waitFor());
    },
    ask: async (question) => {
      await open();
      await naming("a model to ask", model.waitFor());
      return answerTo(last, () => send(session, question));
    },
    click: (button) => {
      const target = last.locator(".chat-command-button").getByText(button, { exact: true });
      return naming(`the chat button “${button}”`, press(target));
    },
    follow: (title) => {
      const target = followups.getByText(title, { exact: true });
      return answerTo(last, () => naming(`the followup “${title}”`, target.click()));
    },
    followups: () => followups.allInnerTexts(),
    attachments: () =>
      session.locator(".chat-attached-context-attachment .label-name").allInnerTexts(),
  };
}

async function send(session: Locator, question: string): Promise<void> {
  const editor = session.locator(".interactive-input-part .monaco-editor").first();
  const input = editor.getByRole("textbox");
  const [firstWord = ""] = question.split(/\s/);
  // VS Code marks a name that it knows, after a moment: before that, the question would go to somebody else.
  const taken = editor
    .locator(firstWord.startsWith("@") ? "[class*='chat-session-text']" : ".view-lines")
    .getByText(firstWord);
  await waitUntil("the chat input to take the question", async () => {
    await naming("the chat input", input.focus());
    await input.press("ControlOrMeta+A");
    // Inserted at once, so that no list of completions opens and takes the Enter.
    await session.page().keyboard.insertText(question);
    const isTaken = taken.first().waitFor({ timeout: 2_000 });
    return isTaken.then(
      () => true,
      () => false,
    );
  });
  await input.press("Enter");
}

async function answerTo(last: Locator, act: () => Promise<void>): Promise<ChatAnswer> {
  const before = await indexOf(last);
  await act();
  const complete = last.locator(".interactive-response:not(.chat-response-loading)");
  const isComplete = async () =>
    (await complete.isVisible()) && (await indexOf(last)) > before ? true : undefined;
  await waitFor("the complete answer of the chat", isComplete, answerLimitMs);
  // An error is drawn a moment after the answer has ended.
  return waitFor("the text or the error of the answer", async () => {
    const answer = await readAnswer(last);
    return answer.text === "" && answer.error === "" ? undefined : answer;
  });
}

/** The place of the answer in the conversation: -1 without one. */
async function indexOf(answer: Locator): Promise<number> {
  const [index = -1] = await answer.evaluateAll((rows) =>
    rows.map((row) => Number(row.getAttribute("data-index"))),
  );
  return index;
}

async function readAnswer(answer: Locator): Promise<ChatAnswer> {
  const [error = ""] = await answer.locator(".chat-notification-widget").allInnerTexts();
  return {
    text: await readText(answer),
    references: await readReferences(answer),
    buttons: await answer.locator(".chat-command-button").allInnerTexts(),
    error,
  };
}

async function readText(answer: Locator): Promise<string> {
  const copy = answer.locator(".chat-footer-toolbar").getByLabel("Copy");
  if (!(await copy.isVisible())) return "";
  return readCopied(answer.page(), "the answer of the chat", () => press(copy));
}

/** Without the mouse, which would have to scroll: a long answer reaches out of sight, below a header that stays. */
async function press(button: Locator): Promise<void> {
  await button.dispatchEvent("click");
}

async function readReferences(answer: Locator): Promise<readonly string[]> {
  const steps = answer.locator(".completed-response-disclosure:not([open]) summary");
  if (await steps.isVisible()) await press(steps);
  const references = answer.getByRole("button", { name: /^Used \d+ reference/ });
  if (!(await references.isVisible())) return [];
  if ((await references.getAttribute("aria-expanded")) === "false") await press(references);
  const rows = answer.locator(".chat-used-context-list .monaco-list-row");
  await naming("the list of references", rows.first().waitFor());
  return rows.locator(".label-name").allInnerTexts();
}
