import { formatDollars, costOf } from "../../models/price.ts";
import type { RequestFacts } from "../../ports/request-log.ts";
import { cacheReport, causeSentence } from "./cache-report.ts";
import type { Block, LedgerMessage } from "../ledger/ledger.ts";
import type { RebuiltRequest } from "../ledger/verify-request.ts";

/** One line on a request: `31,200 tokens · 92 % cached · $0.04`. What is estimated is marked by `~`. */
export function requestLine(request: RequestFacts): string {
  const { usage, tokens, expectedCached, prices } = request;
  const bill = usage ?? { input: tokens, cached: expectedCached, output: 0 };
  const mark = usage ? "" : "~";
  const dollars = costOf(prices, bill);
  const hit = bill.input === 0 ? 0 : Math.round((100 * bill.cached) / bill.input);
  return [
    `${mark}${count(bill.input)} tokens`,
    `${mark}${hit} % cached`,
    ...(dollars === undefined ? [] : [`${mark}${formatDollars(dollars)}`]),
  ].join(" · ");
}

/**
 * Why a request was as it was, as Markdown: its cost and its cache, what it left out with the cheapest way in, and its entries in order. `parent` is the request before it
 * in the conversation.
 */
export function describeRequest(
  { request, log, before }: RebuiltRequest,
  parent: RequestFacts | undefined,
): string {
  return [
    `# Request ${request.id.slice(0, 8)} to ${request.model}`,
    "",
    `${new Date(request.createdAt).toISOString()} · ${requestLine(request)} · epoch ${request.epoch}`,
    "",
    ...cacheLines(request, parent, before),
    "",
    "## Left out",
    "",
    ...(request.leftOut.length === 0
      ? ["Nothing."]
      : request.leftOut.map(({ path, reason }) => `- ${code(path)}: ${reason}`)),
    "",
    "## Held, in this order",
    "",
    ...log.map((message, place) => messageLine(message, place, request.keeps)),
    "",
    `SHA-256 of the messages: \`${request.digest}\``,
    "",
  ].join("\n");
}

function cacheLines(
  request: RequestFacts,
  parent: RequestFacts | undefined,
  before: readonly LedgerMessage[],
): readonly string[] {
  const { expected, measured, drop } = cacheReport(request, parent, before);
  return [
    "## Cache",
    "",
    `Expected: ${percent(expected)} of the input. Billed: ${measured === undefined ? "the provider did not say" : percent(measured)}.`,
    ...(request.cause ? [`A new epoch began: ${causeSentence(request.cause)}.`] : []),
    ...(drop === undefined ? [] : [`Lost: ${drop}.`]),
  ];
}

/** `3. src/a.ts · diff · 120 tokens · repeated`. */
function messageLine(
  { blocks, tokens, role }: LedgerMessage,
  place: number,
  keeps: number,
): string {
  const what = blocks.map(blockWords).join(", ");
  return `${place + 1}. ${what === "" ? role : what} · ${count(tokens)} tokens${place < keeps ? " · repeated" : ""}`;
}

function blockWords({ kind, files }: Block): string {
  const paths = [...new Set(files.map(({ path }) => path))];
  if (paths.length === 0) return kind;
  const [file] = files;
  const lines = files.flatMap((one) => (one.lines ? [one.lines.join("–")] : []));
  const form = kind === "file" || kind === "tool-result" ? file?.representation : kind;
  const ids = paths.length === 1 && file ? ` · content ${file.contentId.slice(0, 12)}` : "";
  return `${paths.map(code).join(", ")} · ${form ?? kind}${lines.length > 0 ? ` lines ${lines.join(", ")}` : ""}${ids}`;
}

function percent(part: number): string {
  return `${Math.round(100 * part)} %`;
}

/** A path as code: Markdown must not read it. */
function code(path: string): string {
  return `\`${path.replaceAll("`", "'")}\``;
}

function count(value: number): string {
  return value.toLocaleString("en");
}
