import type { FilesApi } from "./files-api.ts";
import { endingOf, imageTypes, isReadable } from "./file-types.ts";
import { Refusal } from "./wire.ts";

/** The bytes of a file in a request, its name and type. */
interface PartFile {
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

// https://developers.openai.com/api/docs/guides/file-inputs
const largestRequest = 50_000_000;
const dataUrl = /^data:([\w.+/-]+);base64,([A-Za-z0-9+/=]*)$/;

/** Reads the files of one request: refuses those that the real service refuses, and writes the others as they stand in a prompt. */
export interface FileParts {
  /** `{file_id}` or `{filename, file_data}`. */
  file(part: Readonly<Record<string, unknown>>): string;
  /** `{file_id}` or `{image_url}`, in the words of the Responses API. */
  image(part: Readonly<Record<string, unknown>>): string;
}

export function createFileParts(files: FilesApi, api: "chat" | "responses"): FileParts {
  let total = 0;
  const write = (file: PartFile): string => {
    total += file.bytes.length;
    if (total > largestRequest) throw new Refusal(400, "The files of a request exceed 50 MB");
    return embedded(file);
  };
  return {
    file(part) {
      const file = source(files, part);
      const isAllowed = api === "chat" ? endingOf(file.name) === "pdf" : isReadable(file.name);
      if (isAllowed) return write(file);
      const expected = api === "chat" ? ".pdf" : "one of the documented endings";
      throw new Refusal(
        400,
        `Invalid input: Expected context stuffing file type to be a supported format: ${expected} but got .${endingOf(file.name)}.`,
        "unsupported_file",
      );
    },
    image(part) {
      const { image_url: url, file_id: id } = part;
      const file = id === undefined ? fromUrl("image", url) : source(files, { file_id: id });
      if (imageTypes.includes(file.mediaType)) return write(file);
      throw new Refusal(400, "You uploaded an unsupported image", "invalid_image_format");
    },
  };
}

function source(files: FilesApi, part: Readonly<Record<string, unknown>>): PartFile {
  const { file_id: id, filename, file_data: data } = part;
  if (id !== undefined && (filename !== undefined || data !== undefined)) {
    throw new Refusal(400, "Mutually exclusive parameters: 'file_id' and 'file_data'");
  }
  if (id === undefined) {
    if (typeof filename !== "string") throw new Refusal(400, "Missing parameter: 'filename'");
    return fromUrl(filename, data);
  }
  const file = files.files().find((each) => each.id === id);
  if (file === undefined) throw new Refusal(404, `No such File object: ${id as string}`);
  return { name: file.filename, mediaType: file.mediaType, bytes: file.bytes };
}

function fromUrl(name: string, url: unknown): PartFile {
  const [, mediaType = "", data = ""] = dataUrl.exec(String(url)) ?? [];
  if (mediaType === "") throw new Refusal(400, "Invalid data URL: expected base64-encoded data");
  return { name, mediaType, bytes: Buffer.from(data, "base64") };
}

/** As Satchel's own files stand in a prompt, so that the answer lists these like those. */
function embedded({ name, mediaType, bytes }: PartFile): string {
  const isText = /^text\/|json|xml/.test(mediaType);
  const text = isText ? new TextDecoder().decode(bytes) : `(${bytes.length} bytes)`;
  const shown = name.replaceAll(/[&"<>]/g, (character) => `&#${character.codePointAt(0)};`);
  return `<file-0 name="${shown}" type="${mediaType}">\n${text}\n</file-0>\n`;
}
