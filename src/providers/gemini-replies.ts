import type { RemoteFile } from "../core/ports/provider-files.ts";
import { type CallSite, fieldsOf, malformed, replyFields } from "./http.ts";
import type { ListedModel } from "./models-gemini.ts";

/** An object of a reply: every field is still to be checked. All functions here reject a reply that lacks what is needed as `response-malformed`. */
type Fields = Readonly<Record<string, unknown>>;

/** A page of a list: Google leaves out what is empty, so that an empty list is an empty object. */
export interface Page {
  readonly items: readonly Fields[];
  /** Asks for the next page; undefined on the last one. */
  readonly next: string | undefined;
}

/** A page whose items stand in the field `key`. */
export function pageOf(reply: unknown, key: string, site: CallSite): Page {
  const { [key]: items = [], nextPageToken: next } = mayBeEmpty(reply, site);
  if (!Array.isArray(items) || (Object.keys(fieldsOf(reply)).length > 0 && !hasPage(reply, key))) {
    throw malformed(site, "a reply that is no list");
  }
  return { items: items.map(fieldsOf), next: textOf(next) };
}

/** The fields of a reply that may have none; still no web page, and no refusal. */
export function mayBeEmpty(reply: unknown, site: CallSite): Fields {
  const isObject = typeof reply === "object" && reply !== null && !Array.isArray(reply);
  return isObject && Object.keys(reply).length === 0 ? {} : replyFields(reply, site);
}

/** A File resource. */
export interface StoredFile {
  readonly remote: RemoteFile;
  readonly mediaType: string | undefined;
  readonly state: "ready" | "processing" | "failed";
  /** Why it failed, in Google's words. */
  readonly problem: string | undefined;
}

// https://ai.google.dev/api/files
export function fileOf(reply: unknown, site: CallSite): StoredFile {
  // A file that could not be processed tells its own error: the reply is none.
  const { error, ...rest } = fieldsOf(reply);
  const fields = "name" in rest ? rest : replyFields(reply, site);
  const { name, sizeBytes, createTime, expirationTime, sha256Hash } = fields;
  // It becomes part of addresses.
  if (typeof name !== "string" || !/^files\/[\w-]{1,100}$/.test(name)) {
    throw malformed(site, "a reply without a file's name");
  }
  return {
    remote: {
      id: name,
      name: textOf(fields["displayName"]) ?? "",
      bytes: countOf(sizeBytes),
      createdAt: timeOf(createTime),
      expiresAt: timeOf(expirationTime),
      contentId: contentIdOf(sha256Hash),
    },
    mediaType: textOf(fields["mimeType"]),
    state: stateOf(fields["state"]),
    problem: textOf(fieldsOf(error)["message"]),
  };
}

/** A model that an account may use; undefined for one that does not chat. */
// https://ai.google.dev/api/models
export function listedModel(item: Fields, site: CallSite): ListedModel | undefined {
  const { name, supportedGenerationMethods: methods } = item;
  if (typeof name !== "string" || name === "") throw malformed(site, "a model without a name");
  if (!Array.isArray(methods) || !methods.includes("generateContent")) return undefined;
  return {
    id: name.replace(/^models\//, ""),
    name: textOf(item["displayName"]),
    maxInputTokens: countOf(item["inputTokenLimit"]) || undefined,
    maxOutputTokens: countOf(item["outputTokenLimit"]) || undefined,
  };
}

/** The number of tokens that a request holds. */
// https://ai.google.dev/api/tokens
export function tokenCount(reply: unknown, site: CallSite): number {
  const count = countOf(replyFields(reply, site)["totalTokens"]);
  if (count === undefined) throw malformed(site, "a reply without a number of tokens");
  return count;
}

function hasPage(reply: unknown, key: string): boolean {
  const fields = fieldsOf(reply);
  return key in fields || "nextPageToken" in fields;
}

function stateOf(state: unknown): StoredFile["state"] {
  if (state === "PROCESSING") return "processing";
  return state === "FAILED" ? "failed" : "ready";
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Google writes 64-bit numbers as text. */
function countOf(value: unknown): number | undefined {
  const count = typeof value === "string" && value !== "" ? Number(value) : value;
  return typeof count === "number" && Number.isSafeInteger(count) && count >= 0 ? count : undefined;
}

function timeOf(value: unknown): number | undefined {
  const time = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

/** Google writes the hash in hex and that in Base64, where its own page promises the Base64 of the hash itself. */
function contentIdOf(hash: unknown): string | undefined {
  if (typeof hash !== "string") return undefined;
  const bytes = decoded(hash);
  if (/^[0-9a-f]{64}$/i.test(bytes)) return bytes.toLowerCase();
  if (bytes.length !== 32) return undefined;
  return Array.from(bytes, (byte) => byte.charCodeAt(0).toString(16).padStart(2, "0")).join("");
}

function decoded(base64: string): string {
  try {
    return atob(base64.replaceAll("-", "+").replaceAll("_", "/"));
  } catch {
    return "";
  }
}
