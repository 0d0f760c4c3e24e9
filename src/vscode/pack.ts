import { lm, window, workspace, type LanguageModelChat } from "vscode";
import {
  prepareRequest,
  type PrepareInput,
  type PreparedRequest,
} from "../core/context/prepare.ts";
import type { TargetModel } from "../core/context/target-model.ts";
import { readToolTokens } from "../core/context/reading/read-tool.ts";
import type { ModelReader } from "../core/context/native-files.ts";
import type { RunOperation } from "../core/operations/run.ts";
import type { ChatTurn } from "../core/context/ledger/history.ts";
import { showRequest } from "../core/context/account/show.ts";
import { confirmSecret } from "./confirm.ts";
import type { OfferedModel } from "./connections.ts";
import { modelVendor } from "./names.ts";
import type { Parts } from "./parts.ts";
import { splitModelId } from "./chat/model-id.ts";
import { readSettings } from "./settings.ts";

export interface Wanted {
  readonly question: string;
  readonly turns: readonly ChatTurn[];
  /** URIs of session files that came with the question. */
  readonly attached?: readonly string[] | undefined;
  /** Files that came with it and cannot be shown. */
  readonly unshown?: PrepareInput["unshown"];
  /** The model that is to answer. */
  readonly model: Asked;
  readonly signal?: AbortSignal | undefined;
  /** Belongs to the command that wants the request. */
  readonly run: RunOperation;
}

/** What is asked, as far as VS Code knows it. */
export type Asked = Pick<LanguageModelChat, "vendor" | "id" | "name" | "maxInputTokens">;

/** Prepares a request about the active session's files with the user's settings. */
export async function prepare(parts: Parts, wanted: Wanted): Promise<PreparedRequest> {
  const view = await parts.active.latest();
  const { filesShare, maxBytes, rules } = readSettings();
  const { model, attached = [] } = wanted;
  const reader = await readerOf(parts, model);
  const ids = view.files.flatMap(({ file }) => (attached.includes(file.uri) ? [file.id] : []));
  return wanted.run({ kind: "pack", sessionId: view.session.id }, () =>
    prepareRequest(
      { ...parts, confirm: confirmSecret("Send", `to ${model.name}`) },
      {
        ...wanted,
        view,
        attached: ids,
        target: targetOf(model, reader),
        shares: { files: filesShare },
        rules,
        maxBytes,
        reader,
        epoch: parts.active.wantedEpoch,
        now: Date.now(),
      },
    ),
  );
}

/** How long a provider that does not tell is taken to keep prompts in its cache: forgetting too late costs less than too early. */
const assumedCacheLifetime = 3_600_000;

/** The model as a request is made for it. A tool that stands in every request takes some of its room. */
function targetOf(
  { vendor, id, maxInputTokens }: Asked,
  reader: (ModelReader & OfferedModel) | undefined,
): TargetModel {
  const limits = { maxInputTokens: Math.max(0, maxInputTokens - readToolTokens) };
  if (!reader)
    return { ...limits, provider: vendor, model: id, cacheLifetime: assumedCacheLifetime };
  const { provider, model } = reader;
  return {
    ...limits,
    provider: provider.account.provider,
    model: model.id,
    prices: model.prices,
    cacheLifetime: provider.capabilities.chat?.cacheLifetime ?? assumedCacheLifetime,
  };
}

/** How a model of ours reads files; undefined for models of others, which get text alone. */
async function readerOf(
  { connections, extracted }: Parts,
  model: Asked,
): Promise<(ModelReader & OfferedModel) | undefined> {
  if (model.vendor !== modelVendor) return undefined;
  const [provider, id] = splitModelId(model.id);
  const offered = await connections.model(provider, id);
  return offered && { ...offered, embedBelow: readSettings().embedBelow, extracted, now: Date.now };
}

/** Shows exactly what a request holds in an untitled editor. */
export async function openPack(request: PreparedRequest, modelName: string): Promise<void> {
  const document = await workspace.openTextDocument({
    content: showRequest(request, modelName),
    language: "plaintext",
  });
  await window.showTextDocument(document, { preview: false });
}

/** The command behind "Show What Would Be Sent", for when chat is switched off: packs for the first model of Satchel's own. */
export async function showPack(parts: Parts): Promise<void> {
  const [found] = await lm.selectChatModels({ vendor: modelVendor });
  const model = found ?? unknownModel;
  const request = await prepare(parts, {
    question: "(your question)",
    turns: [],
    model,
    run: parts.operations.command("satchel.showPack"),
  });
  await openPack(request, model.name);
}

const unknownModel: Asked = {
  vendor: "none",
  id: "none",
  name: "a model with a window of 128,000 tokens",
  maxInputTokens: 128_000,
};
