import { randomBytes } from "node:crypto";
import { type DemoFile, type Exchange, formOf, Refusal, sendJson } from "./wire.ts";

/** The Files API of the demo server, over a map that it alone changes. */
export interface FilesApi {
  /** The files that have not expired, oldest first. */
  files(): readonly DemoFile[];
  /** Holds a file that was put together from parts; describes it as its own replies do. */
  add(file: DemoFile): object;
  handle(exchange: Exchange): Promise<void>;
}

const purposes = ["assistants", "batch", "fine-tune", "vision", "user_data", "evals"];

// https://platform.openai.com/docs/api-reference/files
export function createFilesApi(): FilesApi {
  const held = new Map<string, DemoFile>();
  const files = (): readonly DemoFile[] => {
    for (const file of held.values()) {
      if (file.expires !== undefined && file.expires <= Date.now()) held.delete(file.id);
    }
    return [...held.values()];
  };
  return {
    files,
    add(file) {
      held.set(file.id, file);
      return described(file);
    },
    async handle(exchange) {
      const { request, response } = exchange;
      const [id, part] = request.path.split("/").slice(3);
      if (id === undefined) {
        if (request.method === "GET") return sendJson(response, 200, page(files(), request.query));
        const file = await received(exchange);
        held.set(file.id, file);
        return sendJson(response, 200, described(file));
      }
      const file = files().find((each) => each.id === id);
      if (file === undefined) throw new Refusal(404, `No such File object: ${id}`);
      if (part === "content") refuseDownload(file);
      if (request.method === "DELETE") {
        held.delete(id);
        return sendJson(response, 200, { id, object: "file", deleted: true });
      }
      sendJson(response, 200, described(file));
    },
  };
}

async function received(exchange: Exchange): Promise<DemoFile> {
  const form = await formOf(exchange);
  const file = form.get("file");
  const purpose = form.get("purpose");
  if (!(file instanceof File)) throw new Refusal(400, "'file' is a required property");
  return newFile({
    filename: file.name,
    bytes: new Uint8Array(await file.arrayBuffer()),
    mediaType: file.type,
    purpose: purposeOf(purpose),
    lifetime: lifetimeOf(form.get("expires_after[anchor]"), form.get("expires_after[seconds]")),
  });
}

/** A file that begins to exist now. `lifetime` is in seconds. */
export function newFile({
  lifetime,
  ...rest
}: Pick<DemoFile, "filename" | "bytes" | "mediaType" | "purpose"> & {
  readonly lifetime: number | undefined;
}): DemoFile {
  const created = Math.floor(Date.now() / 1000) * 1000;
  const expires = lifetime === undefined ? undefined : created + lifetime * 1000;
  return { id: `file-${randomBytes(12).toString("hex")}`, ...rest, created, expires };
}

export function purposeOf(purpose: unknown): string {
  if (typeof purpose === "string" && purposes.includes(purpose)) return purpose;
  throw new Refusal(400, `${JSON.stringify(purpose)} is not one of ['${purposes.join("', '")}']`);
}

/** Seconds that a file is to be kept; undefined if nothing was asked for. */
export function lifetimeOf(anchor: unknown, seconds: unknown): number | undefined {
  if ((anchor ?? undefined) === undefined && (seconds ?? undefined) === undefined) return undefined;
  if (anchor !== "created_at") {
    throw new Refusal(400, "Invalid value for 'expires_after[anchor]': expected 'created_at'");
  }
  const value = Number(seconds);
  if (!Number.isInteger(value) || value < 3600 || value > 2_592_000) {
    throw new Refusal(400, "Invalid 'expires_after[seconds]': expected 3600 to 2592000");
  }
  return value;
}

function page(files: readonly DemoFile[], query: URLSearchParams): object {
  const purpose = query.get("purpose");
  const wanted = files.filter((file) => purpose === null || file.purpose === purpose);
  const ordered = query.get("order") === "asc" ? wanted : wanted.toReversed();
  const after = query.get("after");
  const start = after === null ? 0 : ordered.findIndex((file) => file.id === after) + 1;
  const limit = limitOf(query);
  const data = ordered.slice(start, start + limit);
  return {
    object: "list",
    data: data.map(described),
    first_id: data.at(0)?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: start + limit < ordered.length,
  };
}

function limitOf(query: URLSearchParams): number {
  const limit = Number(query.get("limit") ?? 10_000);
  if (Number.isInteger(limit) && limit >= 1 && limit <= 10_000) return limit;
  throw new Refusal(400, `Invalid 'limit': ${limit} is not between 1 and 10000`);
}

function described(file: DemoFile): object {
  return {
    object: "file",
    id: file.id,
    purpose: file.purpose,
    filename: file.filename,
    bytes: file.bytes.length,
    created_at: file.created / 1000,
    expires_at: file.expires === undefined ? null : file.expires / 1000,
    status: "processed",
    status_details: null,
  };
}

/** The real service does not give user uploads back either. */
function refuseDownload(file: DemoFile): never {
  throw new Refusal(400, `Not allowed to download files of purpose: ${file.purpose}`);
}
