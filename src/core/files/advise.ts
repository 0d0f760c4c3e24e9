import type { Representation } from "../context/packing/pack.ts";
import { inputPrice, type InputPrice } from "../models/price.ts";
import type { Capabilities, FileCapabilities, Purpose } from "../ports/capabilities.ts";
import type { Model } from "../ports/provider-chat.ts";
import { formatBytes } from "../session/format.ts";
import { withFile, type AccountUse } from "./account-use.ts";
import { isText, type Content } from "./content.ts";
import { isAmong, purposeOf } from "./purpose.ts";

/** How a model comes to read a file. */
export type Form =
  /** Its text stands in the request, in the representation that fits. */
  | "embedded"
  /** The request names the upload, and the provider reads it. */
  | "referenced"
  /** The provider makes text of the upload, which then stands in the request. */
  | "extracted"
  /** The request carries its bytes. */
  | "attached"
  /** Not at all. */
  | "unread";

/** A provider, with the model that is to read a file. */
export interface Reader {
  readonly capabilities: Capabilities;
  /** Undefined if any of the provider's models may be chosen. */
  readonly model?: Pick<Model, "takes" | "prices"> | undefined;
}

/**
 * The form in which a model should read a file. A text of fewer bytes than `embedBelow` is always embedded; above that a file is referenced where
 * the provider's chat takes it, and embedded if it is text and the chat does not. Text is never extracted by a provider: it is text already.
 */
export function chooseForm(content: Content, reader: Reader, embedBelow: number): Form {
  const { chat, answers } = reader.capabilities;
  if (!chat || !answers) return "unread";
  if (isText(content)) {
    const isLarge = content.bytes >= embedBelow;
    return isLarge && canRefer(content, reader) ? "referenced" : "embedded";
  }
  if (chatUse(content, reader) === "text") return "extracted";
  if (canRefer(content, reader)) return "referenced";
  if (!doesTake(content, reader)) return "unread";
  return isAmong(content.mediaType, chat.inlineTypes) ? "attached" : "unread";
}

/** What is needed for advice about files that are to be uploaded to one account. */
export interface AdviceInput extends Reader {
  readonly used: AccountUse;
  /** Texts of fewer bytes are always embedded. */
  readonly embedBelow: number;
  /** Tokens that files may take in a request. */
  readonly room: number;
}

/** A file that advice is wanted for. */
export interface AdvisedFile {
  readonly content: Content;
  /** True if the account holds these bytes already: then an upload sends nothing. */
  readonly isThere: boolean;
  /** Smaller ways to show the file in a request, as far as they are known. */
  readonly smaller?: readonly Pick<Representation, "kind" | "tokens">[] | undefined;
}

/** A way to show a file in a request, with what it costs there. */
export interface PricedRepresentation extends Pick<Representation, "kind" | "tokens"> {
  /** Undefined where nobody knows the prices. */
  readonly price?: InputPrice | undefined;
}

/** What would become of a file at one account. */
export interface Advice extends AdvisedFile {
  readonly form: Form;
  /** Why the provider would not store the file, in a few words: `over its limit of 20 MB`; undefined if it would. */
  readonly refusal?: string | undefined;
  /** The whole text first; empty if the file has no text, or was not counted yet. */
  readonly representations: readonly PricedRepresentation[];
  /** The one that a request would hold: the best that fits, or nothing but the whole where a provider reads it. Undefined if none fits or is known. */
  readonly shown?: PricedRepresentation | undefined;
  /** The account once the file is there; as it was before where the file is refused, or is there already. */
  readonly usedThen: AccountUse;
}

/** Advice for files that are uploaded one after the other, in their order. */
export function adviseAll(files: readonly AdvisedFile[], input: AdviceInput): readonly Advice[] {
  let { used } = input;
  return files.map((file) => {
    const advice = advise(file, { ...input, used });
    used = advice.usedThen;
    return advice;
  });
}

/** Advice for one file: what an upload would do, how a model would read it, and what that costs. */
export function advise(file: AdvisedFile, input: AdviceInput): Advice {
  const { content, isThere } = file;
  const purpose = purposeOf(input, content.mediaType);
  const refusal = isThere ? undefined : whyRefused(content, purpose, input);
  const form = chooseForm(
    content,
    refusal === undefined ? input : withoutFiles(input),
    input.embedBelow,
  );
  const representations = waysToShow(file, input);
  const isWhole = form !== "embedded";
  const isNew = !isThere && refusal === undefined && purpose !== undefined;
  return {
    ...file,
    form,
    refusal,
    representations,
    shown: representations.find(
      ({ kind, tokens }) => tokens <= input.room && (kind === "full" || !isWhole),
    ),
    usedThen: isNew ? withFile(input.used, purpose.name, content.bytes) : input.used,
  };
}

function waysToShow(
  { content: { tokens }, smaller = [] }: AdvisedFile,
  { model }: Reader,
): readonly PricedRepresentation[] {
  const priced = (kind: Representation["kind"], count: number): PricedRepresentation => ({
    kind,
    tokens: count,
    price: inputPrice(model?.prices, count),
  });
  return [
    ...(tokens === undefined ? [] : [priced("full", tokens)]),
    ...smaller.map((representation) => priced(representation.kind, representation.tokens)),
  ];
}

/** What cannot be uploaded cannot be shown as an upload. */
function withoutFiles(reader: Reader): Reader {
  return { ...reader, capabilities: { ...reader.capabilities, files: undefined } };
}

/** How the chat can be shown an upload of this content; `none` if it cannot be uploaded. */
function chatUse(content: Content, reader: Reader): Purpose["chatUse"] {
  const purpose = purposeOf(reader, content.mediaType);
  return purpose && content.bytes <= purpose.maxBytes ? purpose.chatUse : "none";
}

function canRefer(content: Content, reader: Reader): boolean {
  if (chatUse(content, reader) !== "reference") return false;
  return isText(content) ? doesTakeText(content, reader) : doesTake(content, reader);
}

/** Where nobody knows what a model takes, the provider's word is enough. */
function doesTake(content: Content, { model }: Reader): boolean {
  return !model?.takes || isAmong(content.mediaType, model.takes);
}

/** The same for a text that comes as a file. What a model takes seldom names texts: one that reads PDFs reads them, too, unless it says which. */
function doesTakeText(content: Content, reader: Reader): boolean {
  const { takes = [] } = reader.model ?? {};
  const isNamed = takes.some((type) => type.startsWith("text/"));
  return doesTake(content, reader) || (!isNamed && takes.includes("application/pdf"));
}

function whyRefused(
  content: Content,
  purpose: Purpose | undefined,
  { capabilities: { files }, used }: AdviceInput,
): string | undefined {
  if (!files) return "it stores no files";
  if (!purpose) return `it stores no files of the type ${content.mediaType}`;
  if (content.bytes > purpose.maxBytes) return `over its limit of ${formatLimit(purpose.maxBytes)}`;
  return whyFull(content, purpose, files.quota, used);
}

function whyFull(
  content: Content,
  purpose: Purpose,
  quota: FileCapabilities["quota"],
  used: AccountUse,
): string | undefined {
  const counts = [
    { most: quota.files, now: used.files },
    { most: purpose.maxFiles, now: used.filesFor.get(purpose.name) ?? 0 },
  ];
  const full = counts.find(({ most, now }) => most !== undefined && now >= most);
  if (full?.most !== undefined) return `full: it takes ${full.most.toLocaleString("en")} files`;
  if (quota.bytes === undefined || used.bytes + content.bytes <= quota.bytes) return undefined;
  return `over its quota: ${formatLimit(used.bytes)} of ${formatLimit(quota.bytes)} are used`;
}

/** `812 B`, `20 MB`, `2.5 TB`: a limit, which most often is a round number. */
export function formatLimit(bytes: number): string {
  if (bytes >= 1e12) return `${round(bytes / 1e12)} TB`;
  if (bytes >= 1e9) return `${round(bytes / 1e9)} GB`;
  return formatBytes(bytes).replace(/\.0(?= )/u, "");
}

function round(value: number): string {
  return value.toLocaleString("en", { maximumFractionDigits: 1 });
}
