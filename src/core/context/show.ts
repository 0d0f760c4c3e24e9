import type { ChatFile } from "../ports/provider-chat.ts";
import { counted } from "../session/format.ts";
import { omitSentence } from "./omitted.ts";
import type { PreparedRequest } from "./prepare.ts";

/**
 * A request as a text for people: a summary, then each message byte for byte under a line of its own that gives its role. The text of a message
 * begins after that line and ends before the line break in front of the next one.
 */
export function showRequest(request: PreparedRequest, modelName: string): string {
  const { messages, kept, omitted, tokens, budget, digest } = request;
  const summary = [
    `What Satchel would send to ${modelName}`,
    "",
    `${count(tokens.total)} tokens of ${count(budget.window)} (files: ${count(tokens.files)} of ${count(budget.files)})`,
    ...kept.map((file) => `  in   ${file.path} · ${file.kind} · ${count(file.tokens)} tokens`),
    ...omitted.map(({ path, reason }) => `  out  ${path} · ${omitSentence(reason)}`),
    ...(request.droppedTurns > 0
      ? [`  ${request.droppedTurns} oldest turns of the conversation left out`]
      : []),
    `SHA-256 ${digest}`,
    "",
  ].join("\n");
  const parts = messages.map(
    ({ role, content, files = [] }, index) =>
      `${messageLine(index, messages.length, role)}\n${files.map(fileLine).join("")}${content}\n`,
  );
  return summary + parts.join("");
}

/** One line that says all about a request: `5 files · 31.2k tokens · 1 left out: report.pdf (binary: it has no text to send)`. */
export function summaryLine(request: PreparedRequest): string {
  const { kept, omitted, tokens } = request;
  const files = `${counted(kept.length, "file")} · ${count(tokens.total)} tokens`;
  if (omitted.length === 0) return `${files} · nothing left out`;
  const reasons = omitted.map(({ path, reason }) => `${path} (${omitSentence(reason)})`);
  return `${files} · ${omitted.length} left out: ${reasons.join("; ")}`;
}

/** A file that is sent as itself, in front of the message's text. */
function fileLine({ name, mediaType, source }: ChatFile): string {
  const what =
    source.kind === "reference" ? `by its id ${source.id}` : `${count(source.bytes.length)} bytes`;
  return `[${name} · ${mediaType} · ${what}]\n`;
}

function messageLine(index: number, of: number, role: string): string {
  return `──────── message ${index + 1} of ${of} · ${role} ────────`;
}

function count(value: number): string {
  return value.toLocaleString("en");
}
