import { lm, window, workspace } from "vscode";
import { prepareRequest, type PreparedRequest } from "../core/context/prepare.ts";
import type { ModelReader } from "../core/context/native-files.ts";
import type { RunOperation } from "../core/operations/run.ts";
import type { Turn } from "../core/context/history.ts";
import { showRequest } from "../core/context/show.ts";
import { confirmSecret } from "./confirm.ts";
import { modelVendor } from "./names.ts";
import type { Parts } from "./parts.ts";
import { splitModelId } from "./chat/model-id.ts";
import { readSettings } from "./settings.ts";

export interface Wanted {
  readonly question: string;
  readonly turns: readonly Turn[];
  readonly maxInputTokens: number;
  /** Ends the question about a file that looks like a secret: `to GPT-5`. */
  readonly destination: string;
  readonly signal?: AbortSignal | undefined;
  /** The model's id if it is one of ours: then files can stand in the request as themselves. */
  readonly ownModel?: string | undefined;
  /** Belongs to the command that wants the request. */
  readonly run: RunOperation;
}

/** Prepares a request about the active session's files with the user's settings. */
export async function prepare(parts: Parts, wanted: Wanted): Promise<PreparedRequest> {
  const view = await parts.active.latest();
  const { filesShare, maxBytes } = readSettings();
  const reader = await readerOf(parts, wanted.ownModel);
  return wanted.run({ kind: "pack", sessionId: view.session.id }, () =>
    prepareRequest(
      { ...parts, confirm: confirmSecret("Send", wanted.destination) },
      { ...wanted, view, shares: { files: filesShare }, maxBytes, reader },
    ),
  );
}

/** How a model of ours reads files; undefined for models of others, which get text alone. */
async function readerOf(
  { connections, extracted }: Parts,
  ownModel: string | undefined,
): Promise<ModelReader | undefined> {
  const [provider, id] = splitModelId(ownModel ?? "");
  const offered = ownModel === undefined ? undefined : await connections.model(provider, id);
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
  const [model] = await lm.selectChatModels({ vendor: modelVendor });
  const name = model?.name ?? "a model with a window of 128,000 tokens";
  const request = await prepare(parts, {
    question: "(your question)",
    turns: [],
    maxInputTokens: model?.maxInputTokens ?? 128_000,
    destination: `to ${name}`,
    ownModel: model?.id,
    run: parts.operations.command("satchel.showPack"),
  });
  await openPack(request, name);
}
