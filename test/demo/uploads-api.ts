import { createHash, randomBytes } from "node:crypto";
import { type FilesApi, lifetimeOf, newFile, purposeOf } from "./files-api.ts";
import { type Exchange, fields, formOf, Refusal, sendJson } from "./wire.ts";

/** A file that is put together from parts, as the demo server holds it. */
export interface DemoUpload {
  readonly id: string;
  readonly filename: string;
  readonly bytes: number;
  readonly purpose: string;
  readonly mediaType: string;
  /** In seconds. */
  readonly lifetime: number | undefined;
  /** Seconds since 1970. */
  readonly created: number;
  /** The parts so far, by their ids. */
  readonly parts: ReadonlyMap<string, Uint8Array>;
  readonly status: "pending" | "completed" | "cancelled";
}

/** The Uploads API of the demo server. */
export interface UploadsApi {
  /** All uploads, oldest first. */
  uploads(): readonly DemoUpload[];
  handle(exchange: Exchange): Promise<void>;
}

type Held = DemoUpload & { readonly parts: Map<string, Uint8Array>; status: DemoUpload["status"] };

const largestUpload = 8_000_000_000;
const largestPart = 64 * 1024 * 1024;
/** Seconds that an upload waits for its end. */
const timeToComplete = 3600;

// https://developers.openai.com/api/reference/resources/uploads
export function createUploadsApi(files: FilesApi): UploadsApi {
  const held = new Map<string, Held>();
  return {
    uploads: () => [...held.values()],
    async handle(exchange) {
      const { request, response } = exchange;
      const [id, action] = request.path.split("/").slice(3);
      if (id === undefined) {
        const upload = created(fields(request.body));
        held.set(upload.id, upload);
        return sendJson(response, 200, described(upload));
      }
      const upload = held.get(id);
      if (upload === undefined) throw new Refusal(404, `No such Upload object: ${id}`);
      if (upload.status !== "pending") {
        throw new Refusal(400, `Upload ${id} is already ${upload.status}`);
      }
      if (action === "parts") return sendJson(response, 200, await added(upload, exchange));
      if (action === "complete") {
        const file = completed(upload, fields(request.body), files);
        return sendJson(response, 200, { ...described(upload), file });
      }
      upload.status = "cancelled";
      sendJson(response, 200, described(upload));
    },
  };
}

function created(body: Readonly<Record<string, unknown>>): Held {
  const { filename, bytes, mime_type: mediaType, purpose, expires_after: expiry } = body;
  if (typeof filename !== "string" || typeof mediaType !== "string") {
    throw new Refusal(400, "Missing required parameter: 'filename' or 'mime_type'");
  }
  if (typeof bytes !== "number" || bytes < 1 || bytes > largestUpload) {
    throw new Refusal(400, "Invalid 'bytes': expected 1 to 8 GB");
  }
  const { anchor, seconds } = fields(expiry);
  return {
    id: `upload_${randomBytes(12).toString("hex")}`,
    filename,
    bytes,
    purpose: purposeOf(purpose),
    mediaType,
    lifetime: lifetimeOf(anchor, seconds),
    created: Math.floor(Date.now() / 1000),
    parts: new Map(),
    status: "pending",
  };
}

async function added(upload: Held, exchange: Exchange): Promise<object> {
  const data = (await formOf(exchange)).get("data");
  if (!(data instanceof File)) throw new Refusal(400, "'data' is a required property");
  if (data.size > largestPart) throw new Refusal(400, "A part exceeds 64 MB");
  const id = `part_${randomBytes(12).toString("hex")}`;
  upload.parts.set(id, new Uint8Array(await data.arrayBuffer()));
  return { id, object: "upload.part", created_at: upload.created, upload_id: upload.id };
}

function completed(
  upload: Held,
  { part_ids: ids, md5 }: Readonly<Record<string, unknown>>,
  files: FilesApi,
): object {
  const parts = Array.isArray(ids) ? ids.map((id: unknown) => upload.parts.get(String(id))) : [];
  if (parts.length === 0 || parts.includes(undefined)) {
    throw new Refusal(400, "Invalid 'part_ids'");
  }
  const bytes = new Uint8Array(Buffer.concat(parts.filter((part) => part !== undefined)));
  if (bytes.length !== upload.bytes) {
    throw new Refusal(400, `Expected ${upload.bytes} bytes but the parts have ${bytes.length}`);
  }
  if (md5 !== undefined && md5 !== createHash("md5").update(bytes).digest("hex")) {
    throw new Refusal(400, "The md5 checksum does not match the parts");
  }
  upload.status = "completed";
  const { filename, mediaType, purpose, lifetime } = upload;
  return files.add(newFile({ filename, mediaType, purpose, lifetime, bytes }));
}

function described(upload: DemoUpload): object {
  return {
    id: upload.id,
    object: "upload",
    bytes: upload.bytes,
    created_at: upload.created,
    filename: upload.filename,
    purpose: upload.purpose,
    status: upload.status,
    expires_at: upload.created + timeToComplete,
    file: null,
  };
}
