import type { ChatFile, ChatMessage } from "../../ports/provider-chat.ts";
import { formatDollars } from "../../models/price.ts";
import type { RequestFacts } from "../../ports/request-log.ts";
import { counted } from "../../session/format.ts";
import { costOfRequests } from "./cost.ts";
import { omitSentence } from "./omitted.ts";
import type { PreparedRequest } from "../prepare.ts";

/**
 * A request as a text for people: a summary, then each message byte for byte under a line of its own that gives its role. The text of a message
 * begins after that line and ends before the line break in front of the next one.
 */
export function showRequest(request: PreparedRequest, modelName: string): string {
  const { messages, kept, omitted, tokens, budget } = request;
  const { digest } = request.request;
  const summary = [
    `What Satchel would send to ${modelName}`,
    "",
    `${count(tokens.total)} tokens of ${count(budget.window)} (files: ${count(tokens.files)} of ${count(budget.files)})`,
    tierLine(tokens.tiers),
    ...kept.map((file) => `  in   ${file.path} · ${file.kind} · ${count(file.tokens)} tokens`),
    ...omitted.map(({ path, reason }) => `  out  ${path} · ${omitSentence(reason)}`),
    ...(request.droppedTurns > 0
      ? [`  ${request.droppedTurns} oldest turns of the conversation left out`]
      : []),
    `SHA-256 ${digest}`,
    "",
  ].join("\n");
  const parts = messages.map(
    (message, index) =>
      `${messageLine(index, messages.length, message.role)}\n${filesOf(message).map(fileLine).join("")}${message.content}\n`,
  );
  return summary + parts.join("");
}

/** One line that says all about a request: `5 files · 31,200 tokens · 92 % cached · $0.04 · 1 left out: report.pdf (binary: it has no text to send)`. `rounds` are the requests that the answer took. */
export function summaryLine(
  request: PreparedRequest,
  rounds: readonly RequestFacts[] = [],
): string {
  const { kept, omitted, tokens } = request;
  const bill = rounds.length > 0 ? ` · ${billWords(rounds)}` : "";
  const files = `${counted(kept.length, "file")} · ${count(tokens.total)} tokens${bill}`;
  const hidden = request.hidden.map(
    ({ path, count: characters }) =>
      ` · ${path}: ${counted(characters, "hidden character")} written out`,
  );
  const reasons = omitted.map(({ path, reason }) => `${path} (${omitSentence(reason)})`);
  const left =
    omitted.length === 0 ? "nothing left out" : `${omitted.length} left out: ${reasons.join("; ")}`;
  return `${files}${hidden.join("")} · ${left}`;
}

/** `instructions 249 · files 12,000 · question 14`: how the tokens are shared out. */
function tierLine(tiers: PreparedRequest["tokens"]["tiers"]): string {
  return Object.entries(tiers)
    .filter(([, tokens]) => tokens > 0)
    .map(([tier, tokens]) => `${tier} ${count(tokens)}`)
    .join(" · ");
}

/** `92 % cached · $0.04`; what is estimated is marked by `~`. */
function billWords(rounds: readonly RequestFacts[]): string {
  const cost = costOfRequests(rounds);
  const mark = cost.estimated > 0 ? "~" : "";
  const hit = cost.input === 0 ? 0 : Math.round((100 * cost.cached) / cost.input);
  const price = cost.unpriced > 0 ? [] : [`${mark}${formatDollars(cost.dollars)}`];
  return [`${mark}${hit} % cached`, ...price].join(" · ");
}

/** What the log is told when turns of a conversation are no longer repeated; undefined if none was dropped. */
export function trimLine({ request, conversation, log }: PreparedRequest): string | undefined {
  const before = conversation.log.length;
  const after = log.length;
  if (request.keeps >= before || after >= before) return undefined;
  const { tokens, maxInputTokens, provider, model } = request;
  return `Sliding window trim: ${before} → ${after} messages (${before - after} removed, ~${tokens}/${maxInputTokens} tokens, ${provider}/${model})`;
}

/** A file that is sent as itself, in front of the message's text. */
function fileLine({ name, mediaType, source }: ChatFile): string {
  const what =
    source.kind === "reference" ? `by its id ${source.id}` : `${count(source.bytes.length)} bytes`;
  return `[${name} · ${mediaType} · ${what}]\n`;
}

function filesOf(message: ChatMessage): readonly ChatFile[] {
  return "files" in message ? (message.files ?? []) : [];
}

function messageLine(index: number, of: number, role: string): string {
  return `──────── message ${index + 1} of ${of} · ${role} ────────`;
}

function count(value: number): string {
  return value.toLocaleString("en");
}
