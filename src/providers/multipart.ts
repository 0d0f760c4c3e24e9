import type { UploadRequest } from "../core/ports/provider-files.ts";

/** A form, ready to be sent once. */
export interface MultipartBody {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: ReadableStream<Uint8Array>;
}

/** Bytes that are handed to the network at once. */
const pieceSize = 65_536;

/**
 * The multipart form of an upload: `fields` in their order, then the file as the field `file`. The file's bytes are sent piece by piece from where they
 * are: `FormData` would copy them several times, and a large file would fill the memory of the extension host.
 */
export function multipartBody(
  fields: Readonly<Record<string, string>>,
  file: Pick<UploadRequest, "name" | "mediaType" | "bytes">,
): MultipartBody {
  const boundary = `----satchel-${crypto.randomUUID()}`;
  const head = Object.entries(fields).map(
    ([name, value]) => `--${boundary}\r\n${disposition(name)}\r\n\r\n${value}\r\n`,
  );
  const encoder = new TextEncoder();
  const parts = [
    encoder.encode(
      `${head.join("")}--${boundary}\r\n${disposition("file")}; filename="${quoted(file.name)}"\r\nContent-Type: ${file.mediaType}\r\n\r\n`,
    ),
    file.bytes,
    encoder.encode(`\r\n--${boundary}--\r\n`),
  ];
  return {
    headers: {
      "content-type": `multipart/form-data; boundary=${boundary}`,
      // Without it the body would be sent in chunks, which some servers refuse.
      "content-length": String(parts.reduce((sum, part) => sum + part.length, 0)),
    },
    body: streamOf(pieces(parts)),
  };
}

function streamOf(source: Iterator<Uint8Array, void>): ReadableStream<Uint8Array> {
  return new ReadableStream({
    pull(controller) {
      const piece = source.next();
      if (piece.done === true) controller.close();
      else controller.enqueue(piece.value);
    },
  });
}

function* pieces(parts: readonly Uint8Array[]): Generator<Uint8Array, void, undefined> {
  for (const part of parts) {
    for (let start = 0; start < part.length; start += pieceSize) {
      yield part.subarray(start, start + pieceSize);
    }
  }
}

function disposition(name: string): string {
  return `Content-Disposition: form-data; name="${quoted(name)}"`;
}

// https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data
function quoted(name: string): string {
  return name.replaceAll("\r", "%0D").replaceAll("\n", "%0A").replaceAll('"', "%22");
}
