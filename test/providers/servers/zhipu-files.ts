import { randomBytes } from "node:crypto";
import { type Exchange, formOf, sendJson } from "./fake-http.ts";
import { Refusal } from "./zhipu-refusal.ts";

/** A file as Zhipu holds it. */
export interface GlmFile {
  readonly id: string;
  readonly filename: string;
  readonly bytes: Uint8Array;
  readonly purpose: string;
  /** Seconds since 1970. */
  readonly created: number;
}

/** The files of an account, over a map that it alone changes. */
export interface GlmFiles {
  /** Oldest first. */
  files(): readonly GlmFile[];
  /** Puts a file there as if another tool had uploaded it. */
  readonly plant: (file: Partial<GlmFile>) => GlmFile;
  handle(exchange: Exchange): Promise<void>;
}

interface Rule {
  readonly formats: RegExp;
  readonly maxBytes: number;
  readonly maxFiles: number;
}

const documents = /\.(?:pdf|docx?|xlsx?|txt|png|jpe?g|csv)$/i;

// https://docs.bigmodel.cn/api-reference/%E6%96%87%E4%BB%B6-api/%E4%B8%8A%E4%BC%A0%E6%96%87%E4%BB%B6
const rules: Readonly<Record<string, Rule>> = {
  batch: { formats: /\.jsonl$/i, maxBytes: 100_000_000, maxFiles: 1000 },
  "code-interpreter": { formats: documents, maxBytes: 20_000_000, maxFiles: 100 },
  agent: { formats: documents, maxBytes: 20_000_000, maxFiles: 1000 },
};

export function createGlmFiles(): GlmFiles {
  const held = new Map<string, GlmFile>();
  const plant = (file: Partial<GlmFile>): GlmFile => {
    const whole: GlmFile = {
      id: `file-${randomBytes(12).toString("hex")}`,
      filename: "notes.txt",
      bytes: new TextEncoder().encode("notes"),
      purpose: "agent",
      created: Math.floor(Date.now() / 1000),
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
      const [id, part] = request.path.split("/").slice(5);
      if (id === undefined && request.method === "GET") {
        return sendJson(response, 200, page([...held.values()], request.query));
      }
      if (id === undefined) {
        return sendJson(response, 200, described(plant(await received(exchange, held))));
      }
      if (request.method === "GET") return sendContent(exchange, held.get(id), part);
      if (!held.delete(id)) throw new Refusal(400, "1214", `File ${id} does not exist`);
      sendJson(response, 200, { id, object: "file", deleted: true });
    },
  };
}

async function received(
  exchange: Exchange,
  held: ReadonlyMap<string, GlmFile>,
): Promise<Partial<GlmFile>> {
  const { file, purpose } = await formOf(exchange);
  const rule = Object.hasOwn(rules, purpose) ? rules[purpose] : undefined;
  if (file === undefined) throw new Refusal(400, "1213", "The file parameter is missing");
  if (rule === undefined) throw new Refusal(400, "1214", "The purpose parameter is invalid");
  if (!rule.formats.test(file.name)) {
    throw new Refusal(400, "1214", `The format of ${file.name} is not supported`);
  }
  if (file.size > rule.maxBytes) throw new Refusal(400, "1214", "The file is too large");
  const count = [...held.values()].filter((each) => each.purpose === purpose).length;
  if (count >= rule.maxFiles) throw new Refusal(400, "1214", "There are too many files");
  return { filename: file.name, bytes: new Uint8Array(await file.arrayBuffer()), purpose };
}

function page(files: readonly GlmFile[], query: URLSearchParams): object {
  const purpose = query.get("purpose") ?? "";
  if (!Object.hasOwn(rules, purpose)) {
    throw new Refusal(400, "1214", "The purpose parameter is invalid");
  }
  const limit = Number(query.get("limit") ?? 20);
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) {
    throw new Refusal(400, "1214", "The limit parameter is invalid");
  }
  const wanted = files.filter((file) => file.purpose === purpose).toReversed();
  const after = query.get("after");
  const start = after === null ? 0 : wanted.findIndex((file) => file.id === after) + 1;
  const data = wanted.slice(start, start + limit).map(described);
  return { object: "list", data, has_more: start + limit < wanted.length };
}

function described({ id, filename, bytes, purpose, created }: GlmFile): object {
  return { id, object: "file", bytes: bytes.length, created_at: created, filename, purpose };
}

/** A file cannot be asked for by its id, and only what is made for batches can be had back. */
function sendContent(
  { request, response }: Exchange,
  file: GlmFile | undefined,
  part: string | undefined,
): void {
  if (part !== "content") {
    const path = request.path.replace("/api/paas", "");
    return sendJson(response, 404, { status: 404, error: "Not Found", path });
  }
  if (file?.purpose !== "batch") throw new Refusal(400, "1214", "The file cannot be downloaded");
  response.writeHead(200, { "content-type": "application/octet-stream" }).end(file.bytes);
}
