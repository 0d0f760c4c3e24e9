import type { Model } from "../core/ports/provider-chat.ts";
import type { RemoteFile } from "../core/ports/provider-files.ts";
import { type CallSite, fieldsOf, malformed, replyFields } from "./http.ts";
import { modelFrom, rowOf } from "./models.ts";
import { anthropicModels } from "./models-anthropic.ts";

/** An object of a reply: every field is still to be checked. Functions with a call site reject a reply that lacks what is needed as `response-malformed`. */
export type Fields = Readonly<Record<string, unknown>>;

/** A page of a list. */
export interface Page {
  readonly items: readonly Fields[];
  /** Where the next page begins; undefined if this is the last. */
  readonly next: string | undefined;
}

/** A page of files. */
export function filePage(reply: unknown, site: CallSite): Page {
  const { next_page: next } = fieldsOf(reply);
  return { items: items(reply, site), next: textOr(next, undefined) };
}

/** A page of models: other lists of this service end in another way. */
export function modelPage(reply: unknown, site: CallSite): Page {
  const { has_more: hasMore, last_id: last } = fieldsOf(reply);
  return {
    items: items(reply, site),
    next: hasMore === true ? textOr(last, undefined) : undefined,
  };
}

// https://platform.claude.com/docs/en/api/files
/** A file. What it does not tell may be null. */
export function remoteFile(reply: unknown, site: CallSite): RemoteFile {
  const fields = replyFields(reply, site);
  const { filename, size_bytes: bytes, created_at: created, expires_at: expires } = fields;
  return {
    id: idOf(fields, site),
    name: textOr(filename, ""),
    bytes: typeof bytes === "number" ? bytes : undefined,
    createdAt: timeOf(created),
    expiresAt: timeOf(expires),
  };
}

/** False for a file whose time is over: its name stays for up to 30 days after its bytes are gone. */
export function isKept({ expiresAt }: RemoteFile): boolean {
  return expiresAt === undefined || Date.now() < expiresAt;
}

// https://platform.claude.com/docs/en/api/models
/** A model, with the limits that the service itself tells; where it tells none, those of the catalog. */
export function modelOf(item: Fields, site: CallSite): Model {
  const known = modelFrom(anthropicModels, idOf(item, site));
  const row = rowOf(anthropicModels, known.id);
  const { display_name: name, max_input_tokens: window, max_tokens: maxOutputTokens } = item;
  const takes = takenBy(fieldsOf(item["capabilities"]));
  const model = {
    ...known,
    name: row === undefined ? textOr(name, known.name) : known.name,
    ...(takes && { takes }),
  };
  if (!isCount(window) || !isCount(maxOutputTokens) || window <= maxOutputTokens) return model;
  return { ...model, maxInputTokens: window - maxOutputTokens, maxOutputTokens, guessed: false };
}

/** The id of an item. */
export function idOf({ id }: Fields, site: CallSite): string {
  if (typeof id !== "string" || id === "") throw malformed(site, "a reply without an id");
  return id;
}

function items(reply: unknown, site: CallSite): readonly Fields[] {
  const { data } = replyFields(reply, site);
  if (!Array.isArray(data)) throw malformed(site, "a reply that is no list");
  return data.map(fieldsOf);
}

function takenBy({ image_input: images, pdf_input: pdfs }: Fields): readonly string[] | undefined {
  const [seesImages, readsPdfs] = [images, pdfs].map((each) => fieldsOf(each)["supported"]);
  if (typeof seesImages !== "boolean" || typeof readsPdfs !== "boolean") return undefined;
  return [
    ...(readsPdfs ? ["application/pdf"] : []),
    ...(seesImages ? ["image/png", "image/jpeg", "image/webp", "image/gif"] : []),
  ];
}

/** Milliseconds since 1970 of an RFC 3339 time. */
function timeOf(value: unknown): number | undefined {
  const time = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && value > 0;
}

function textOr<Other>(value: unknown, other: Other): string | Other {
  return typeof value === "string" && value !== "" ? value : other;
}
