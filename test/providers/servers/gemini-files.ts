import { createHash, randomBytes } from "node:crypto";
import { createSessions } from "./gemini-sessions.ts";
import { type Exchange, pageOf, Refusal, sendJson } from "./gemini-wire.ts";

/** A file as the stand-in holds it. */
export interface HeldFile {
  /** With `files/`. */
  readonly name: string;
  readonly displayName: string;
  readonly mimeType: string;
  readonly bytes: Uint8Array;
  /** Milliseconds since 1970. */
  readonly created: number;
  /** Looks that it takes until it has been processed. */
  looks: number;
  /** True if it cannot be processed. */
  readonly fails: boolean;
  /** True for what holds a name, but is shown to nobody. */
  readonly isHidden: boolean;
}

export interface FilesOptions {
  /** Looks at a file during which it is in processing; none if it is left out. */
  readonly looks?: number;
  /** True if files cannot be processed. */
  readonly fails?: boolean;
}

/** The Files API of the stand-in. */
export interface FilesApi {
  /** Those that have not expired, oldest first. */
  readonly files: () => readonly HeldFile[];
  readonly plant: (file: Partial<HeldFile>) => HeldFile;
  readonly handle: (exchange: Exchange) => void;
}

const lifetime = 48 * 3_600_000;
const namePattern = /^files\/[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/;

// https://ai.google.dev/api/files
export function createFilesApi(options: FilesOptions): FilesApi {
  const held = new Map<string, HeldFile>();
  const files = (): readonly HeldFile[] => {
    for (const { name, created } of held.values()) {
      if (created + lifetime <= Date.now()) held.delete(name);
    }
    return [...held.values()];
  };
  const plant = (file: Partial<HeldFile>): HeldFile => {
    const planted = { ...blank(options), ...file };
    held.set(planted.name, planted);
    return planted;
  };
  const sessions = createSessions((file) => {
    checkName(file.name);
    const isTaken = files().some(({ name }) => name === file.name);
    // https://github.com/googleapis/python-genai/issues/913
    const sentence = `${String(file.name).replace("files/", "")} already exists.`;
    if (isTaken) throw new Refusal(409, sentence);
    return plant(file);
  }, described);
  return {
    files,
    plant,
    handle(exchange) {
      const { method, path, query } = exchange.request;
      if (path.startsWith("/upload/")) return sessions.handle(exchange);
      if (path === "/v1beta/files" && method === "GET") {
        const shown = files().filter(({ isHidden }) => !isHidden);
        const all = shown.toReversed().map((file) => described(file, exchange.origin));
        return sendJson(exchange.response, 200, pageOf(all, "files", query, pageSizes));
      }
      const file = find(files(), path);
      if (method === "DELETE") {
        held.delete(file.name);
        return sendJson(exchange.response, 200, {});
      }
      if (method !== "GET") throw new Refusal(404, "");
      sendJson(exchange.response, 200, described(file, exchange.origin));
      file.looks = Math.max(0, file.looks - 1);
    },
  };
}

const pageSizes = { usual: 10, most: 100 };

/** The state that a file is shown in. */
export function stateOf({ looks, fails }: HeldFile): "ACTIVE" | "PROCESSING" | "FAILED" {
  if (looks > 0) return "PROCESSING";
  return fails ? "FAILED" : "ACTIVE";
}

/** What a file that is gone, foreign or was never there is answered with. */
export function forbidden(id: string): Refusal {
  const sentence = `You do not have permission to access the File ${id} or it may not exist.`;
  return new Refusal(403, sentence);
}

function find(files: readonly HeldFile[], path: string): HeldFile {
  const id = decodeURIComponent(path.replace(/^\/v1beta\/files\//, ""));
  checkName(`files/${id}`);
  const file = files.find(({ name, isHidden }) => name === `files/${id}` && !isHidden);
  if (file === undefined) throw forbidden(id);
  return file;
}

function checkName(name: string | undefined): void {
  if (name === undefined || namePattern.test(name)) return;
  throw new Refusal(400, `* File.name: the name "${name}" is not valid`);
}

function blank({ looks = 0, fails = false }: FilesOptions): HeldFile {
  return {
    name: `files/${randomBytes(6).toString("hex")}`,
    displayName: "",
    mimeType: "text/plain",
    bytes: new Uint8Array([1]),
    created: Date.now(),
    looks,
    fails,
    isHidden: false,
  };
}

function described(file: HeldFile, origin: string): object {
  const { name, displayName, mimeType, bytes, created } = file;
  const state = stateOf(file);
  const hash = createHash("sha256").update(bytes).digest("hex");
  const createTime = new Date(created).toISOString().replace("Z", "797Z");
  return {
    name,
    ...(displayName === "" ? {} : { displayName }),
    mimeType,
    sizeBytes: String(bytes.length),
    createTime,
    updateTime: createTime,
    expirationTime: new Date(created + lifetime).toISOString().replace("Z", "405945Z"),
    // The hex of the hash, not the hash itself.
    sha256Hash: Buffer.from(hash).toString("base64"),
    uri: `${origin}/v1beta/${name}`,
    state,
    source: "UPLOADED",
    ...(state === "FAILED" ? { error: { code: 3, message: "The file has no pages." } } : {}),
  };
}
