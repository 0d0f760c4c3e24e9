import { window, type QuickPickItem } from "vscode";
import { accountUse, isHeld, noUse } from "../core/files/account-use.ts";
import {
  adviceLine,
  priceWords,
  refusalOf,
  requestCost,
  uploadSentence,
} from "../core/files/advice-line.ts";
import { describeAdvice, type ProviderAdvice } from "../core/files/advice-report.ts";
import { adviseAll, type AdvisedFile } from "../core/files/advise.ts";
import type { ProviderAccount } from "../core/ports/provider.ts";
import type { Model } from "../core/ports/provider-chat.ts";
import { counted, formatBytes } from "../core/session/format.ts";
import { nameOf, type FileView } from "../core/session/session.ts";
import type { ConnectionState } from "./connections.ts";
import type { Parts } from "./parts.ts";
import { showReport } from "./report-documents.ts";
import { readSettings } from "./settings.ts";

type AdviceParts = Pick<Parts, "connections" | "registry" | "phases" | "tokens">;

/** A provider of the user's, with advice for files that may be uploaded there. */
interface AdvisedProvider extends ConnectionState, ProviderAdvice {}

/** A provider to choose for an upload. */
export interface ProviderItem extends QuickPickItem, AdvisedProvider {
  /** Why it takes none of the files; undefined if it takes one. */
  readonly refusal: string | undefined;
}

/** The providers to choose from for an upload, each with a line of advice. Those that take none of the files stand last. */
export async function providerItems(
  parts: AdviceParts,
  views: readonly FileView[],
): Promise<readonly ProviderItem[]> {
  const providers = await adviseProviders(parts, views);
  return providers
    .map(itemOf)
    .toSorted((one, other) => Number(isRefused(one)) - Number(isRefused(other)));
}

/** Says in a sentence why a provider takes none of the files. */
export function tellRefusal({ name, refusal }: ProviderItem, views: readonly FileView[]): void {
  void window.showWarningMessage(`${name} cannot take ${subjectOf(views)}: ${refusal}.`);
}

/** More than this is not uploaded without a question. */
const manyFiles = 20;
const manyBytes = 50_000_000;

/** Asks before much is uploaded. True if it is little, or the user agrees. */
export async function confirmMuch({ name, advices }: ProviderItem): Promise<boolean> {
  const sent = advices.filter(({ isThere, refusal }) => !isThere && refusal === undefined);
  const bytes = sent.reduce((sum, { content }) => sum + content.bytes, 0);
  if (sent.length <= manyFiles && bytes <= manyBytes) return true;
  const { price } = requestCost(advices);
  const detail = [
    ...(price ? [`A request that holds them all costs ${priceWords(price)}.`] : []),
    uploadSentence,
  ];
  const choice = await window.showWarningMessage(
    `Upload ${counted(sent.length, "file")} of ${formatBytes(bytes)} to ${name}?`,
    { modal: true, detail: detail.join(" ") },
    "Upload",
  );
  return choice === "Upload";
}

/** Shows what uploading and sending files would do and cost at each provider. */
export async function showAdvice(parts: AdviceParts, views: readonly FileView[]): Promise<void> {
  const providers = await adviseProviders(parts, views);
  const names = views.map(({ file }) => nameOf(file.uri));
  await showReport("Upload and Send", describeAdvice(names, providers));
}

function itemOf(provider: AdvisedProvider): ProviderItem {
  const { name, isConfigured, advices } = provider;
  const refusal = refusalOf(advices);
  return {
    ...provider,
    // A quick pick cannot switch an entry off.
    label: refusal === undefined ? name : `$(circle-slash) ${name}`,
    description: isConfigured || refusal !== undefined ? "" : "not set up yet: choose to do so",
    detail: refusal ?? lineWithModel(provider),
    refusal,
  };
}

function isRefused({ refusal }: ProviderItem): boolean {
  return refusal !== undefined;
}

function lineWithModel({ advices, models: [model] }: AdvisedProvider): string {
  const line = adviceLine(advices);
  return model && requestCost(advices).price ? `${line} (${model.name})` : line;
}

function subjectOf(views: readonly FileView[]): string {
  const [only] = views;
  return views.length === 1 && only ? nameOf(only.file.uri) : counted(views.length, "file");
}

async function adviseProviders(
  parts: AdviceParts,
  views: readonly FileView[],
): Promise<readonly AdvisedProvider[]> {
  const { models } = await parts.connections.offer();
  const smaller = await digestTokens(parts, views);
  const states = await parts.connections.states();
  return Promise.all(
    states.map((state) => {
      const { id, capabilities } = state.entry;
      const offered = models.filter(
        ({ provider }) => provider.account.provider === id && capabilities.answers,
      );
      // Advice counts with the first: better one whose prices are known.
      const sorted = offered
        .map(({ model }) => model)
        .toSorted((one, other) => Number(!one.prices) - Number(!other.prices));
      return adviseProvider(parts, state, { models: sorted, views, smaller });
    }),
  );
}

interface Wanted {
  readonly views: readonly FileView[];
  /** What the provider offers. */
  readonly models: readonly Model[];
  readonly smaller: ReadonlyMap<string, number>;
}

async function adviseProvider(
  parts: AdviceParts,
  { entry, isConfigured }: ConnectionState,
  { views, models, smaller }: Wanted,
): Promise<AdvisedProvider> {
  const { name, capabilities } = entry;
  // Without a key there is no account.
  const account = isConfigured ? (await parts.connections.open(entry.id)).account : undefined;
  const used = account ? await accountUse(parts.registry, account, Date.now()) : noUse;
  const files = views.map((view) => advisedFile(view, account, smaller));
  const { embedBelow, filesShare } = readSettings();
  const [model] = models;
  const room = model ? Math.floor(model.maxInputTokens * filesShare) : Infinity;
  const advices = adviseAll(files, { capabilities, used, model, embedBelow, room });
  const quota = capabilities.files?.quota;
  return { entry, isConfigured, name, quota, used, models, advices };
}

function advisedFile(
  { content, providerFiles }: FileView,
  account: ProviderAccount | undefined,
  smaller: ReadonlyMap<string, number>,
): AdvisedFile {
  const digest = smaller.get(content.contentId);
  return {
    content,
    isThere: providerFiles.some(
      (upload) =>
        upload.provider === account?.provider &&
        upload.baseUrl === account.baseUrl &&
        upload.account === account.account &&
        isHeld(upload, Date.now()),
    ),
    smaller: digest === undefined ? [] : [{ kind: "digest", tokens: digest }],
  };
}

/** Tokens of the digests that exist, by content id. */
async function digestTokens(
  { phases, tokens }: AdviceParts,
  views: readonly FileView[],
): Promise<ReadonlyMap<string, number>> {
  const digests = await phases.digests(views.map(({ content }) => content.contentId));
  const counts = await tokens.count(digests.map(({ text }) => text));
  return new Map(digests.map(({ contentId }, index) => [contentId, counts[index] ?? 0]));
}
