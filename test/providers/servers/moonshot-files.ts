import { randomBytes } from "node:crypto";
import { type Exchange, formOf, type SeenRequest, sendJson } from "./fake-http.ts";
import { Refusal } from "./moonshot-refusal.ts";

/** A file as Kimi holds it. */
export interface KimiFile {
  readonly id: string;
  readonly filename: string;
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  readonly purpose: string;
  /** Milliseconds since 1970, in whole seconds. */
  readonly created: number;
  readonly status: "ready" | "error";
}

/** The Files API, over a map that it alone changes. */
export interface KimiFiles {
  /** The files of the whole organisation, oldest first. */
  files(): readonly KimiFile[];
  /** Puts a file there as if a colleague had uploaded it. */
  readonly plant: (file: Partial<KimiFile>) => KimiFile;
  handle(exchange: Exchange): Promise<void>;
}

/** How replies are written where no header asks for the other way. */
export type Shape = "compat" | "2026-09-01-beta";

export interface FilesOptions {
  readonly shape: Shape;
  readonly maxFiles: number;
}

const purposes = new Set(["file-extract", "batch", "batch_output", "lambda", "image", "video"]);
const largest = 100_000_000;

// https://platform.kimi.ai/docs/api/files-upload
export function createKimiFiles({ shape: usual, maxFiles }: FilesOptions): KimiFiles {
  const held = new Map<string, KimiFile>();
  const plant = (file: Partial<KimiFile>): KimiFile => {
    const whole: KimiFile = {
      id: `file_${randomBytes(12).toString("hex")}`,
      filename: "notes.txt",
      bytes: new TextEncoder().encode("notes"),
      mediaType: "text/plain",
      purpose: "file-extract",
      created: Math.floor(Date.now() / 1000) * 1000,
      status: "ready",
      ...file,
    };
    held.set(whole.id, whole);
    return whole;
  };
  return {
    files: () => [...held.values()],
    plant,
    async handle(exchange) {
      const { request, response } = exchange;
      const shape = shapeOf(request, usual);
      const [id, part] = request.path.split("/").slice(3);
      if (id === undefined && request.method === "GET") {
        return sendJson(response, 200, page([...held.values()], request.query, shape));
      }
      if (id === undefined) {
        if (held.size >= maxFiles) {
          throw new Refusal(400, `You have exceeded the limit of ${maxFiles} files`);
        }
        const file = plant(await received(exchange, [...held.values()]));
        return sendJson(response, shape === "compat" ? 200 : 201, described(file, shape));
      }
      const file = held.get(id);
      if (file === undefined) throw gone(id);
      if (part === "content") return sendText(exchange, file);
      if (request.method === "GET") return sendJson(response, 200, described(file, shape));
      held.delete(id);
      if (shape === "compat") return sendJson(response, 200, { id, object: "file", deleted: true });
      response.writeHead(204).end();
    },
  };
}

function gone(id: string): Refusal {
  return new Refusal(404, `file ${id} not found`, "resource_not_found_error");
}

function shapeOf({ headers }: SeenRequest, usual: Shape): Shape {
  const asked = headers["kimi-api-version"];
  if (asked === undefined) return usual;
  if (asked === "2026-09-01-beta") return asked;
  throw new Refusal(400, `Invalid kimi-api-version: ${asked}`);
}

async function received(exchange: Exchange, held: readonly KimiFile[]): Promise<Partial<KimiFile>> {
  const { file, purpose, others } = await formOf(exchange);
  if (file === undefined) throw new Refusal(400, "Invalid request: file is required");
  const why = whyRefused(file, purpose, others);
  if (why !== undefined) throw new Refusal(400, why);
  return {
    filename: freeName(file.name, held),
    bytes: new Uint8Array(await file.arrayBuffer()),
    mediaType: file.type,
    purpose,
  };
}

function whyRefused(
  { size }: File,
  purpose: string,
  others: readonly string[],
): string | undefined {
  if (!purposes.has(purpose)) {
    return `Invalid purpose: ${purpose}, only \`file-extract\`, \`batch\`, \`batch_output\`, \`lambda\`, \`image\` and \`video\` accepted`;
  }
  if (others.length > 0) return `Invalid request: unknown field ${others.join()}`;
  if (size === 0) return "File size is zero, please confirm and re-upload the file";
  return size > largest ? "File size is too large, max file size is 100MB" : undefined;
}

/** `report.txt` becomes `report (1).txt` where there is one already. */
function freeName(name: string, held: readonly KimiFile[]): string {
  const taken = new Set(held.map(({ filename }) => filename));
  const dot = name.lastIndexOf(".");
  const [stem, extension] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ""];
  let free = name;
  for (let number = 1; taken.has(free); number += 1) free = `${stem} (${number})${extension}`;
  return free;
}

/** Without a size and a token, one page holds all files, newest first. */
function page(files: readonly KimiFile[], query: URLSearchParams, shape: Shape): object {
  const newestFirst = files.toReversed();
  const size = Number(query.get("page_size") ?? (query.has("page_token") ? 1000 : files.length));
  const start = Number(query.get("page_token") ?? 0);
  const data = newestFirst.slice(start, start + size).map((file) => described(file, shape));
  const isLast = start + size >= files.length;
  return shape === "compat"
    ? {
        object: "list",
        data,
        ...(isLast ? {} : { has_more: true, next_page_token: `${start + size}` }),
      }
    : { items: data, next_page_token: isLast ? "" : `${start + size}` };
}

function described(file: KimiFile, shape: Shape): object {
  const { id, filename, purpose, bytes, created, status, mediaType } = file;
  return shape === "compat"
    ? {
        id,
        object: "file",
        bytes: bytes.length,
        created_at: created / 1000,
        filename,
        purpose,
        status,
        status_details: "",
      }
    : {
        id,
        filename,
        mime_type: mediaType,
        size_bytes: bytes.length,
        created_at: new Date(created).toISOString(),
        purpose,
        extract_status: status,
      };
}

/** The text that was extracted, in JSON, whatever the documentation says of plain text. */
function sendText({ response }: Exchange, file: KimiFile): void {
  if (file.purpose !== "file-extract" || file.status === "error") {
    throw new Refusal(
      400,
      `The content of file ${file.id} is not available`,
      "failed_precondition_error",
    );
  }
  sendJson(response, 200, {
    content: new TextDecoder().decode(file.bytes),
    file_type: file.mediaType,
    filename: file.filename,
    title: "",
    type: "file",
  });
}
