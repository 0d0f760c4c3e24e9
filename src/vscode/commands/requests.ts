import { ThemeIcon, window, type QuickPickItem } from "vscode";
import { costOfRequests, costSentence } from "../../core/context/account/cost.ts";
import { causeSentence } from "../../core/context/account/cache-report.ts";
import { describeRequest, requestLine } from "../../core/context/account/describe-request.ts";
import { rebuildRequest, verifyRequest } from "../../core/context/ledger/verify-request.ts";
import type { RequestFacts } from "../../core/ports/request-log.ts";
import type { Parts } from "../parts.ts";
import { showReport } from "../report-documents.ts";
import type { CommandHandlers } from "./register.ts";

type RequestCommands = Pick<
  CommandHandlers,
  | "satchel.showRequests"
  | "satchel.showWhy"
  | "satchel.verifyRequest"
  | "satchel.showCost"
  | "satchel.compactContext"
  | "satchel.resetContext"
>;

/** Commands about what was sent: each request explained, proved and priced; and about how the next one begins. */
export function requestCommands(parts: Parts): RequestCommands {
  return {
    "satchel.showRequests": async () => {
      const request = await choose(parts, "Requests of this session");
      if (request) await explain(parts, request);
    },
    "satchel.showWhy": async () => {
      const [newest] = await requestsOf(parts);
      if (newest) await explain(parts, newest);
      else sayNone();
    },
    "satchel.verifyRequest": async () => {
      const request = await choose(parts, "Verify that a request was what the ledger says");
      if (request) await verify(parts, request);
    },
    "satchel.showCost": async () => showCost(parts),
    "satchel.compactContext": async () => {
      parts.active.wantedEpoch = "compact";
      void window.showInformationMessage(
        "The next question begins with the files as they are now, packed anew. The provider's cache starts over with it.",
      );
    },
    "satchel.resetContext": async () => {
      parts.active.wantedEpoch = "reset";
      void window.showInformationMessage(
        "The next question sends base files, pinned files and those that it names; other files are only named, and the model can read them back.",
      );
    },
  };
}

/** So many requests are listed at most. */
const listedAtMost = 200;

async function requestsOf(parts: Parts): Promise<readonly RequestFacts[]> {
  const view = await parts.active.view();
  return view ? parts.ledger.requests(view.session.id, listedAtMost) : [];
}

function sayNone(): void {
  void window.showInformationMessage("Nothing was sent in this session yet: ask @satchel.");
}

interface RequestItem extends QuickPickItem {
  readonly request: RequestFacts;
}

async function choose(parts: Parts, title: string): Promise<RequestFacts | undefined> {
  const requests = await requestsOf(parts);
  if (requests.length === 0) sayNone();
  if (requests.length === 0) return undefined;
  const chosen = await window.showQuickPick(requests.map(itemOf), {
    title,
    placeHolder: costSentence(costOfRequests(requests)),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return chosen?.request;
}

function itemOf(request: RequestFacts): RequestItem {
  const { createdAt, model, cause, answered } = request;
  const epoch = cause ? `new epoch: ${causeSentence(cause)}` : "continues";
  return {
    request,
    label: new Date(createdAt).toLocaleString(),
    description: `${model} · ${requestLine(request)}`,
    detail: answered ? epoch : `${epoch} · not answered`,
    iconPath: new ThemeIcon(answered ? "comment-discussion" : "circle-slash"),
  };
}

async function explain(parts: Parts, request: RequestFacts): Promise<void> {
  const rebuilt = await rebuildRequest(parts, await parts.active.latest(), request.id);
  if (!rebuilt) {
    void window.showInformationMessage(
      "The texts of this request have expired, as stored copies do: only its numbers are left.",
    );
    return;
  }
  const conversation = await parts.ledger.conversation(request.id);
  await showReport(
    `Request ${request.id.slice(0, 8)}`,
    describeRequest(rebuilt, conversation.at(-2)),
  );
}

async function verify(parts: Parts, { id }: RequestFacts): Promise<void> {
  const outcome = await verifyRequest(parts, await parts.active.latest(), id);
  if (outcome.kind === "lost") {
    void window.showWarningMessage(`This request cannot be rebuilt: ${outcome.why}.`);
    return;
  }
  const { digest } = outcome.rebuilt.request;
  if (outcome.kind === "equal")
    void window.showInformationMessage(
      `Verified: rebuilt byte for byte from the store, SHA-256 ${digest}.`,
    );
  else
    void window.showErrorMessage(
      `What the store gives is not what was sent: its SHA-256 is not ${digest}. Run "Satchel: Verify Store" to see what is damaged.`,
    );
}

/** What the session cost, by model. */
async function showCost(parts: Parts): Promise<void> {
  const requests = await requestsOf(parts);
  if (requests.length === 0) {
    sayNone();
    return;
  }
  const byModel = Object.groupBy(requests, ({ provider, model }) => `${provider} · ${model}`);
  const rows = Object.entries(byModel).map(
    ([model, some = []]) => `- ${model}: ${costSentence(costOfRequests(some))}`,
  );
  const report = [
    "# What this session cost",
    "",
    costSentence(costOfRequests(requests)),
    "",
    ...rows,
    "",
    "Prices are those of Satchel's catalog or of the setting `satchel.models`, as they were when a request was sent. Estimated is what the provider did not bill by name.",
    "",
  ];
  await showReport("Cost of the Session", report.join("\n"));
}
