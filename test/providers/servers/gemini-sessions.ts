import { randomBytes } from "node:crypto";
import type { HeldFile } from "./gemini-files.ts";
import {
  type Exchange,
  type Fields,
  fields,
  Refusal,
  type SeenRequest,
  sendJson,
} from "./gemini-wire.ts";

/** The resumable protocol, from the opening of a session to the stored file. */
export interface Sessions {
  readonly handle: (exchange: Exchange) => void;
}

/** What a file is made from. */
export type NewFile = Pick<HeldFile, "displayName" | "mimeType" | "bytes"> & {
  readonly name?: string;
};

interface Session {
  readonly file: Omit<NewFile, "bytes">;
  readonly length: number;
  readonly received: Buffer[];
}

const granularity = 8_388_608;

/** `store` stores a file or refuses it; `describe` writes it as a reply. */
export function createSessions(
  store: (file: NewFile) => HeldFile,
  describe: (file: HeldFile, origin: string) => object,
): Sessions {
  const sessions = new Map<string, Session>();
  return {
    handle(exchange) {
      const { request, response, origin } = exchange;
      const id = request.query.get("upload_id");
      if (request.method !== "POST" || request.path !== "/upload/v1beta/files") {
        throw new Refusal(404, "");
      }
      if (id === null) {
        const opened = randomBytes(24).toString("base64url");
        sessions.set(opened, opening(request));
        const address = `${origin}/upload/v1beta/files?upload_id=${opened}&upload_protocol=resumable`;
        response.writeHead(200, {
          "x-goog-upload-url": address,
          "x-goog-upload-control-url": address,
          "x-goog-upload-status": "active",
          "x-goog-upload-chunk-granularity": String(granularity),
          "content-length": "0",
        });
        return void response.end();
      }
      const session = sessions.get(id);
      if (session === undefined) throw new Refusal(404, "Upload has already been terminated.");
      if (!take(session, request)) {
        response.writeHead(200, { "x-goog-upload-status": "active", "content-length": "0" });
        return void response.end();
      }
      sessions.delete(id);
      response.setHeader("x-goog-upload-status", "final");
      const stored = store({
        ...session.file,
        bytes: new Uint8Array(Buffer.concat(session.received)),
      });
      sendJson(response, 200, { file: describe(stored, origin) });
    },
  };
}

function opening({ headers, body }: SeenRequest): Session {
  const length = Number(headers["x-goog-upload-header-content-length"]);
  const type = headers["x-goog-upload-header-content-type"] ?? "";
  const asked = [headers["x-goog-upload-protocol"], headers["x-goog-upload-command"]].join(" ");
  const isType = /^[\w.+-]+\/[\w.+-]+$/.test(type);
  if (asked !== "resumable start" || !Number.isInteger(length) || length <= 0 || !isType) {
    throw new Refusal(400, "Invalid resumable upload request");
  }
  const file = fields(body["file"]);
  return { file: newFile(file, type), length, received: [] };
}

/** Google reads names of fields in either spelling. */
function newFile(file: Fields, type: string): Session["file"] {
  const { name, mimeType = file["mime_type"] ?? type } = file;
  const displayName = file["displayName"] ?? file["display_name"] ?? "";
  if (typeof displayName !== "string" || displayName.length > 512) {
    throw new Refusal(400, "* File.display_name: display_name must be at most 512 characters");
  }
  const chosen = typeof name === "string" && name !== "" ? { name } : {};
  return { ...chosen, displayName, mimeType: String(mimeType) };
}

/** Takes a piece; true after the last one. */
function take({ received, length }: Session, { headers, raw }: SeenRequest): boolean {
  const before = received.reduce((sum, piece) => sum + piece.length, 0);
  const command = headers["x-goog-upload-command"];
  if (Number(headers["x-goog-upload-offset"]) !== before) {
    throw new Refusal(400, `Invalid offset: ${before} bytes have been received`);
  }
  const isLast = command === "upload, finalize";
  if (!isLast && (command !== "upload" || raw.length === 0 || raw.length % granularity !== 0)) {
    throw new Refusal(400, `Pieces must be multiples of ${granularity} bytes`);
  }
  if (isLast ? before + raw.length !== length : before + raw.length > length) {
    throw new Refusal(400, `The upload does not have the ${length} bytes that were announced`);
  }
  received.push(raw);
  return isLast;
}
