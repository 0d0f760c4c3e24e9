import type { UploadRequest } from "../core/ports/provider-files.ts";

/** A form, ready to be sent once. */
export interface MultipartBody {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: ReadableStream<Uint8Array>;
}

/** The file of a form. */
export interface MultipartFile extends Pick<UploadRequest, "name" | "mediaType" | "bytes"> {
  /** The name of its field; `file` if it is left out. */
  readonly field?: string | undefined;
  /** Called with each piece of its bytes as it is handed to the network, in their order. */
  readonly onPiece?: ((piece: Uint8Array) => void) | undefined;
}

/** Bytes that are handed to the network at once. */
const pieceSize = 65_536;

/**
 * The multipart form of an upload: `fields` in their order, then the file. The file's bytes are sent piece by piece from where they
 * are: `FormData` would copy them several times, and a large file would fill the memory of the extension host.
 */
export function multipartBody(
  fields: Readonly<Record<string, string>>,
  { name, mediaType, bytes, field = "file", onPiece }: MultipartFile,
): MultipartBody {
  const boundary = `----satchel-${crypto.randomUUID()}`;
  const head = Object.entries(fields).map(
    ([key, value]) => `--${boundary}\r\n${disposition(key)}\r\n\r\n${value}\r\n`,
  );
  const encoder = new TextEncoder();
  const start = encoder.encode(
    `${head.join("")}--${boundary}\r\n${disposition(field)}; filename="${quoted(name)}"\r\nContent-Type: ${mediaType}\r\n\r\n`,
  );
  const end = encoder.encode(`\r\n--${boundary}--\r\n`);
  return {
    headers: {
      "content-type": `multipart/form-data; boundary=${boundary}`,
      // Without it the body would be sent in chunks, which some servers refuse.
      "content-length": String(start.length + bytes.length + end.length),
    },
    body: streamOf(pieces()),
  };

  function* pieces(): Generator<Uint8Array, void, undefined> {
    yield start;
    for (let from = 0; from < bytes.length; from += pieceSize) {
      const piece = bytes.subarray(from, from + pieceSize);
      onPiece?.(piece);
      yield piece;
    }
    yield end;
  }
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

function disposition(name: string): string {
  return `Content-Disposition: form-data; name="${quoted(name)}"`;
}

// https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data
function quoted(name: string): string {
  return name.replaceAll("\r", "%0D").replaceAll("\n", "%0A").replaceAll('"', "%22");
}
