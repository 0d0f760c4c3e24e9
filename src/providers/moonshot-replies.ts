import type { Usage } from "../core/ports/provider-chat.ts";
import type { RemoteFile } from "../core/ports/provider-files.ts";
import { type CallSite, fieldsOf, malformed, replyFields } from "./http.ts";
import type { ListedModel } from "./models-moonshot.ts";
import { idOf, usageOf } from "./openai-replies.ts";

/** An object of a reply: every field is still to be checked. All functions here reject a reply that lacks what is needed as `response-malformed`. */
type Fields = Readonly<Record<string, unknown>>;

/** A page of a list of files. */
export interface FilePage {
  readonly files: readonly RemoteFile[];
  /** Where the next page begins; undefined for the last page. */
  readonly next: string | undefined;
}

/** A page of the list, in the shape of OpenAI or in Kimi's own of September 2026. */
// https://platform.kimi.ai/docs/api/files-list
export function filePage(reply: unknown, site: CallSite): FilePage {
  const { data, items = data, next_page_token: token, has_more: more } = replyFields(reply, site);
  if (!Array.isArray(items)) throw malformed(site, "a reply that is no list");
  const next = typeof token === "string" && token !== "" ? token : undefined;
  if (more === true && next === undefined) {
    throw malformed(site, "a list of files that does not say how it goes on");
  }
  return { files: items.map((item) => remoteFile(item, site)), next };
}

/** A file, in either shape: `bytes` and a time in seconds, or `size_bytes` and a time in words. */
// https://platform.kimi.ai/docs/api/files-upload
export function remoteFile(reply: unknown, site: CallSite): RemoteFile {
  const {
    filename,
    bytes,
    size_bytes: size = bytes,
    created_at,
    purpose,
  } = replyFields(reply, site);
  return {
    id: idOf(fieldsOf(reply), site),
    name: typeof filename === "string" ? filename : "",
    bytes: typeof size === "number" ? size : undefined,
    createdAt: timeOf(created_at),
    purpose: typeof purpose === "string" ? purpose : undefined,
  };
}

/** The text that Kimi made of a file: the documentation calls it plain text, and the server wraps it in JSON. */
// https://platform.kimi.ai/docs/api/files-content
export function textOf(body: string, site: CallSite): string {
  const fields = parsed(body);
  const { content, type, filename, error } = fields;
  if (content === undefined && error !== undefined) replyFields(fields, site);
  const isWrapped = type === "file" || typeof filename === "string";
  return isWrapped && typeof content === "string" ? content : body;
}

/** The models of the list. */
// https://platform.kimi.ai/docs/api/list-models
export function listedModel(item: Fields, site: CallSite): ListedModel {
  const { context_length: length, supports_image_in: images, supports_video_in: videos } = item;
  return {
    id: idOf(item, site),
    window: typeof length === "number" && length > 0 ? length : undefined,
    takesImages: typeof images === "boolean" ? images : undefined,
    takesVideos: typeof videos === "boolean" ? videos : undefined,
  };
}

/** The usage in a chunk, at its top or in its choice; undefined for a chunk without. Kimi's own count of cached tokens goes first. */
export function usageIn(chunk: unknown): Usage | undefined {
  const { usage: atTop, choices } = fieldsOf(chunk);
  const { usage: inChoice } = fieldsOf(Array.isArray(choices) ? choices[0] : undefined);
  const usage = atTop ?? inChoice;
  const told = usageOf({ usage });
  const { cached_tokens: cached } = fieldsOf(usage);
  return told && typeof cached === "number" ? { ...told, cached } : told;
}

/** The count of a reply about tokens. */
// https://platform.kimi.ai/docs/api/estimate
export function tokensOf(reply: unknown, site: CallSite): number {
  const { total_tokens: tokens } = fieldsOf(replyFields(reply, site)["data"]);
  if (typeof tokens !== "number") throw malformed(site, "a reply without a number of tokens");
  return tokens;
}

function timeOf(value: unknown): number | undefined {
  if (typeof value === "number") return value * 1000;
  const time = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

function parsed(body: string): Fields {
  try {
    return fieldsOf(JSON.parse(body));
  } catch {
    return {};
  }
}
