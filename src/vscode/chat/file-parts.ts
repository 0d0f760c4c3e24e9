import { LanguageModelDataPart } from "vscode";
import type { ChatFile } from "../../core/ports/provider-chat.ts";

/** A media type of our own, under which a file crosses to our own language models. */
const envelope = "application/vnd.satchel.file+json";

interface Envelope {
  readonly name: string;
  readonly mediaType: string;
  /** The provider's id of an upload; else the bytes follow in a part of their own. */
  readonly id?: string;
}

/** A file as a part of a message of VS Code. Only our own models know what references are. */
function filePart({ name, mediaType, source }: ChatFile): LanguageModelDataPart {
  if (source.kind === "bytes") return new LanguageModelDataPart(source.bytes, mediaType);
  return LanguageModelDataPart.json(
    { name, mediaType, id: source.id } satisfies Envelope,
    envelope,
  );
}

/** Files as parts of a message of VS Code. */
export function fileAttachments(files: readonly ChatFile[]): readonly LanguageModelDataPart[] {
  return files.map(filePart);
}

/** The files among the parts of a message: our own references, and pictures and documents that anybody attached. */
export function filesIn(content: Iterable<unknown>): readonly ChatFile[] {
  const parts = [...content].filter((part) => part instanceof LanguageModelDataPart);
  return parts.map((part, index) => fileOf(part, index + 1));
}

function fileOf({ data, mimeType }: LanguageModelDataPart, number: number): ChatFile {
  if (mimeType === envelope) {
    const { name, mediaType, id = "" } = JSON.parse(new TextDecoder().decode(data)) as Envelope;
    return { name, mediaType, source: { kind: "reference", id } };
  }
  const extension = mimeType.slice(mimeType.indexOf("/") + 1).replace(/\W.*$/u, "");
  return {
    name: `attachment ${number}.${extension}`,
    mediaType: mimeType,
    source: { kind: "bytes", bytes: new Uint8Array(data) },
  };
}
