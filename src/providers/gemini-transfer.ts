import type { UploadRequest } from "../core/ports/provider-files.ts";
import { toldType } from "./gemini-media.ts";
import { fileOf, type StoredFile } from "./gemini-replies.ts";
import { called, type Connection, jsonOf } from "./gemini-wire.ts";
import { uploadTimeout } from "./timeouts.ts";
import { type CallSite, malformed, replyFields } from "./http.ts";

/** Bytes per piece. All but the last must be a multiple of what the server asks for. */
const usualPiece = 8 * 1024 * 1024;

/** Pieces are copied once before they are sent: a server must not make them any size. */
const largestPiece = 64 * 1024 * 1024;

interface Session {
  /** Where the bytes go. Whoever has it may send them: it needs no key. */
  readonly address: string;
  /** Bytes per piece. */
  readonly piece: number;
}

/**
 * Sends a file by the resumable protocol: one request that opens a session, one for each piece. No piece is sent twice, and the SDK's upload is not used
 * because it sends pieces again, tells the key to the session's address, and cannot be stopped.
 */
// https://ai.google.dev/gemini-api/docs/files
export async function transfer(
  connection: Connection,
  request: UploadRequest,
  name: string,
  signal: AbortSignal,
): Promise<StoredFile> {
  const session = await open(connection, request, name, signal);
  const { bytes } = request;
  for (let start = 0; ; start += session.piece) {
    const end = Math.min(start + session.piece, bytes.length);
    const piece = { bytes: bytes.subarray(start, end), start, isLast: end === bytes.length };
    const stored = await send(connection, session, piece, signal);
    if (stored !== undefined) return stored;
  }
}

async function open(
  connection: Connection,
  request: UploadRequest,
  name: string,
  signal: AbortSignal,
): Promise<Session> {
  const mimeType = toldType(request.mediaType);
  const call = {
    method: "POST",
    path: "/upload/v1beta/files",
    headers: {
      "x-goog-upload-protocol": "resumable",
      "x-goog-upload-command": "start",
      "x-goog-upload-header-content-length": String(request.bytes.length),
      "x-goog-upload-header-content-type": mimeType,
    },
    body: { file: { name: `files/${name}`, displayName: request.name, mimeType } },
  } as const;
  return called(connection, call, signal, async (response, site) => {
    await response.text();
    const address = addressIn(response.headers, site);
    if (address === undefined) throw malformed(site, "no address to upload to");
    return { address, piece: pieceIn(response.headers) };
  });
}

interface Piece {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly start: number;
  readonly isLast: boolean;
}

/** The stored file after the last piece; undefined after the others. */
async function send(
  connection: Connection,
  { address }: Session,
  { bytes, start, isLast }: Piece,
  signal: AbortSignal,
): Promise<StoredFile | undefined> {
  const call = {
    method: "POST",
    address,
    headers: {
      "x-goog-upload-offset": String(start),
      "x-goog-upload-command": isLast ? "upload, finalize" : "upload",
    },
    body: bytes,
    timeout: uploadTimeout(bytes.length),
  } as const;
  return called(connection, call, signal, async (response, site) => {
    const reply = await jsonOf(response);
    if (isLast) return fileOf(replyFields(reply, site)["file"], site);
    if (response.headers.get("x-goog-upload-status") !== "active") {
      throw malformed(site, "no word that the upload goes on");
    }
    return undefined;
  });
}

/** Only an address at the very server that was asked is used: the file belongs nowhere else. */
function addressIn(headers: Headers, site: CallSite): string | undefined {
  const given = headers.get("x-goog-upload-url");
  if (given === null) return undefined;
  const address = URL.parse(given);
  if (
    address === null ||
    address.origin !== URL.parse(site.baseUrl)?.origin ||
    address.username + address.password !== ""
  ) {
    throw malformed(site, "an address at another server to upload to");
  }
  return address.href;
}

function pieceIn(headers: Headers): number {
  const granularity = Number(headers.get("x-goog-upload-chunk-granularity"));
  if (!Number.isInteger(granularity) || granularity <= 0) return usualPiece;
  const piece = Math.ceil(usualPiece / granularity) * granularity;
  return piece > largestPiece ? usualPiece : piece;
}
