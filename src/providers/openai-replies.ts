import type { Usage } from "../core/ports/provider-chat.ts";
import type { RemoteFile } from "../core/ports/provider-files.ts";
import { type CallSite, fieldsOf, malformed, replyFields } from "./http.ts";

/** An object of a reply: every field is still to be checked. All functions here reject a reply that lacks what is needed as `response-malformed`. */
type Fields = Readonly<Record<string, unknown>>;

/** The items of a list. */
export function items(reply: unknown, site: CallSite): readonly Fields[] {
  const { data } = replyFields(reply, site);
  if (!Array.isArray(data)) throw malformed(site, "a reply that is no list");
  return data.map(fieldsOf);
}

/** The id of an item. */
export function idOf(item: Fields, site: CallSite): string {
  const { id } = item;
  if (typeof id !== "string" || id === "") throw malformed(site, "a reply without an id");
  return id;
}

/** A File object. Its times are in seconds, and what it does not tell may be null. */
// https://developers.openai.com/api/reference/resources/files
export function remoteFile(reply: unknown, site: CallSite): RemoteFile {
  const { filename, bytes, created_at: created, expires_at: expires } = replyFields(reply, site);
  return {
    id: idOf(fieldsOf(reply), site),
    name: typeof filename === "string" ? filename : "",
    bytes: typeof bytes === "number" ? bytes : undefined,
    createdAt: typeof created === "number" ? created * 1000 : undefined,
    expiresAt: typeof expires === "number" ? expires * 1000 : undefined,
  };
}

/** The text of a chunk; a refusal is an answer, too. What a model thinks is not. */
export function textIn(chunk: unknown): string {
  const { choices } = fieldsOf(chunk);
  const { delta } = fieldsOf(Array.isArray(choices) ? choices[0] : undefined);
  const { content, refusal } = fieldsOf(delta);
  const text = [content, refusal].find((each) => typeof each === "string" && each !== "");
  return typeof text === "string" ? text : "";
}

/** The usage in a chunk; undefined for a chunk without. Servers tell cached tokens in one of three places. */
export function usageOf(chunk: unknown): Usage | undefined {
  const usage = fieldsOf(fieldsOf(chunk)["usage"]);
  const { prompt_tokens: input, completion_tokens: output } = usage;
  if (typeof input !== "number" || typeof output !== "number") return undefined;
  const details = fieldsOf(usage["prompt_tokens_details"]);
  const places = [
    details["cached_tokens"],
    usage["cached_tokens"],
    // DeepSeek
    usage["prompt_cache_hit_tokens"],
  ];
  const written = details["cache_write_tokens"];
  return {
    input,
    output,
    cached: places.find((place) => typeof place === "number") ?? 0,
    ...(typeof written === "number" ? { cacheWritten: written } : {}),
  };
}

/** Throws `response-malformed` for a reply that does not say that the file is deleted. */
export function requireDeleted(reply: unknown, site: CallSite): void {
  if (replyFields(reply, site)["deleted"] === true) return;
  throw malformed(site, "a reply that does not confirm the deletion");
}
