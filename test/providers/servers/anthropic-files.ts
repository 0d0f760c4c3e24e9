import { randomBytes } from "node:crypto";
import {
  type Exchange,
  type HeldFile,
  limitOf,
  Refusal,
  refuseOthers,
  type SeenRequest,
  sendJson,
} from "./anthropic-wire.ts";

/** The Files API without a beta header, over a map that it alone changes. */
export interface FilesApi {
  /** The files, oldest first; expired ones are among them, without their bytes for any use. */
  files(): readonly HeldFile[];
  /** The file with this id; throws a 404 if there is none, or none any more. */
  usable(id: string): HeldFile;
  /** Puts a file there as if it had been uploaded. */
  plant(file: HeldFile): void;
  handle(exchange: Exchange): Promise<void>;
}

const largest = 500_000_000;
const forbidden = /[<>:"|?*\\/\p{Cc}]/u;

// https://platform.claude.com/docs/en/build-with-claude/files
export function createFilesApi(): FilesApi {
  const held = new Map<string, HeldFile>();
  const find = (id: string): HeldFile => {
    const file = held.get(id);
    if (file === undefined) throw new Refusal(404, `File not found: ${id}`);
    return file;
  };
  const usable = (id: string): HeldFile => {
    const file = find(id);
    if (isKept(file)) return file;
    throw new Refusal(404, `File has expired: ${id}`, "file_expired");
  };
  return {
    files: () => [...held.values()],
    usable,
    plant: (file) => void held.set(file.id, file),
    async handle(exchange) {
      const { request, response } = exchange;
      const [id, part] = request.path.split("/").slice(3);
      if (id === undefined) {
        if (request.method === "GET") return sendJson(response, 200, page(held, request.query));
        const file = await received(exchange);
        held.set(file.id, file);
        return sendJson(response, 200, described(file));
      }
      if (part === "content") {
        throw new Refusal(
          400,
          `File ${usable(id).id} is not downloadable`,
          "file_not_downloadable",
        );
      }
      const file = find(id);
      if (request.method === "DELETE") {
        held.delete(id);
        return sendJson(response, 200, { id, type: "file_deleted" });
      }
      sendJson(response, 200, described(file));
    },
  };
}

function isKept({ expires }: HeldFile): boolean {
  return expires === undefined || Date.now() < expires;
}

async function received({ request, raw }: Exchange): Promise<HeldFile> {
  const form = await formOf(request, raw);
  refuseOthers(Object.fromEntries(form), ["file", "expires_in_seconds"]);
  const file = form.get("file");
  if (!(file instanceof File)) throw new Refusal(400, "file: Field required");
  if (file.size > largest) throw new Refusal(413, "Request exceeds the maximum size");
  if (file.name.length === 0 || file.name.length > 255 || forbidden.test(file.name)) {
    throw new Refusal(400, `file: Invalid filename ${JSON.stringify(file.name)}`);
  }
  const created = Date.now();
  const lifetime = lifetimeOf(form);
  return {
    id: `file_${randomBytes(12).toString("hex")}`,
    filename: file.name,
    bytes: new Uint8Array(await file.arrayBuffer()),
    mediaType: file.type,
    created,
    expires: lifetime === undefined ? undefined : created + lifetime * 1000,
  };
}

function formOf(request: SeenRequest, raw: Buffer<ArrayBuffer>): Promise<FormData> {
  const type = request.headers["content-type"] ?? "";
  if (request.method !== "POST" || !type.startsWith("multipart/form-data")) {
    throw new Refusal(400, "Expected a multipart/form-data body with `file`");
  }
  const headers = { "content-type": type };
  return new Request("http://x/", { method: "POST", headers, body: raw }).formData();
}

function lifetimeOf(form: FormData): number | undefined {
  const seconds = form.get("expires_in_seconds");
  if (seconds === null) return undefined;
  const value = Number(seconds);
  if (Number.isInteger(value) && value >= 3600 && value <= 7_776_000) return value;
  throw new Refusal(400, "expires_in_seconds: Input should be between 3600 and 7776000");
}

function page(held: ReadonlyMap<string, HeldFile>, query: URLSearchParams): object {
  const ids = [...query.getAll("ids[]"), ...query.getAll("ids")];
  if (ids.length > 0) {
    if (ids.length > 100 || query.has("page") || query.has("limit")) {
      throw new Refusal(400, "ids: at most 100 entries, and neither page nor limit");
    }
    const data = [...new Set(ids)].flatMap((id) => held.get(id) ?? []).map(described);
    return { data, next_page: null };
  }
  refuseOthers(Object.fromEntries(query), ["limit", "page"]);
  const newestFirst = [...held.values()].toReversed();
  const start = startOf(query.get("page"), newestFirst.length);
  const end = start + limitOf(query);
  return {
    data: newestFirst.slice(start, end).map(described),
    next_page: end < newestFirst.length ? `page_${end}` : null,
  };
}

function startOf(cursor: string | null, length: number): number {
  if (cursor === null) return 0;
  const start = Number(/^page_(\d+)$/.exec(cursor)?.[1]);
  if (start <= length) return start;
  throw new Refusal(400, `page: Invalid cursor ${cursor}`);
}

/** Times have microseconds there. */
function described(file: HeldFile): object {
  return {
    type: "file",
    id: file.id,
    filename: file.filename,
    mime_type: file.mediaType,
    size_bytes: file.bytes.length,
    created_at: timeOf(file.created),
    downloadable: false,
    expires_at: file.expires === undefined ? null : timeOf(file.expires),
  };
}

function timeOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace("Z", "000Z");
}
