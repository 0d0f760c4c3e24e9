import type { Representation } from "../context/pack.ts";
import { inputPrice, type InputPrice } from "../models/price.ts";
import type { Capabilities, Purpose } from "../ports/capabilities.ts";
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
 * the provider's chat takes it, and embedded if it is text and the chat does not.
 */
export function chooseForm(content: Content, reader: Reader, embedBelow: number): Form {
  const { chat, answers } = reader.capabilities;
  if (!chat || !answers) return "unread";
  const asText = isText(content);
  if (asText && content.bytes < embedBelow) return "embedded";
  const use = chatUse(content, reader);
  if (use === "reference" && doesTake(content, reader)) return "referenced";
  if (asText) return "embedded";
  if (use === "text") return "extracted";
  const canAttach = isAmong(content.mediaType, chat.inlineTypes) && doesTake(content, reader);
  return canAttach ? "attached" : "unread";
}

/** What is needed for advice about files that are to be uploaded to one account. */
export interface AdviceInput extends Reader {
  readonly used: AccountUse;
  /** Texts of fewer bytes are always embedded. */
  readonly embedBelow: number;
}

/** A file that advice is wanted for. */
export interface AdvisedFile {
  readonly content: Content;
  /** True if the account holds these bytes already: then an upload sends nothing. */
  readonly isThere: boolean;
  /** Smaller ways to show the file in a request, as far as they are known. */
  readonly smaller?: readonly Representation[] | undefined;
}

/** A way to show a file in a request, with what it costs there. */
export interface PricedRepresentation extends Representation {
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
  const { content, isThere, smaller = [] } = file;
  const purpose = purposeOf(input, content.mediaType);
  const refusal = isThere ? undefined : whyRefused(content, purpose, input);
  const isNew = !isThere && refusal === undefined && purpose !== undefined;
  const full =
    content.tokens === undefined ? [] : [{ kind: "full" as const, tokens: content.tokens }];
  return {
    ...file,
    form: chooseForm(content, input, input.embedBelow),
    refusal,
    representations: [...full, ...smaller].map((representation) => ({
      ...representation,
      price: inputPrice(input.model?.prices, representation.tokens),
    })),
    usedThen: isNew ? withFile(input.used, purpose.name, content.bytes) : input.used,
  };
}

/** How the chat can be shown an upload of this content; `none` if it cannot be uploaded. */
function chatUse(content: Content, reader: Reader): Purpose["chatUse"] {
  const purpose = purposeOf(reader, content.mediaType);
  return purpose && content.bytes <= purpose.maxBytes ? purpose.chatUse : "none";
}

/** Where nobody knows what a model takes, the provider's word is enough. */
function doesTake(content: Content, { model }: Reader): boolean {
  return isText(content) || !model?.takes || isAmong(content.mediaType, model.takes);
}

function whyRefused(
  content: Content,
  purpose: Purpose | undefined,
  { capabilities: { files }, used }: AdviceInput,
): string | undefined {
  if (!files) return "it stores no files";
  if (!purpose) return `it stores no files of the type ${content.mediaType}`;
  if (content.bytes > purpose.maxBytes) return `over its limit of ${formatBytes(purpose.maxBytes)}`;
  const mostFiles = files.quota.files ?? Infinity;
  const mostFor = purpose.maxFiles ?? Infinity;
  if (used.files >= mostFiles) return fullOf(mostFiles);
  if ((used.filesFor.get(purpose.name) ?? 0) >= mostFor) return fullOf(mostFor);
  const mostBytes = files.quota.bytes ?? Infinity;
  if (used.bytes + content.bytes <= mostBytes) return undefined;
  return `over its quota: ${formatBytes(used.bytes)} of ${formatBytes(mostBytes)} are used`;
}

function fullOf(files: number): string {
  return `it is full: it takes ${files.toLocaleString("en")} files`;
}
