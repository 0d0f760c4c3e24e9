import { chooseForm, type Form } from "../files/advise.ts";
import { isText, type Content } from "../files/content.ts";
import { providerState, type ProviderFile } from "../files/provider-file.ts";
import { filesOf, purposeOf } from "../files/purpose.ts";
import type { Contents } from "../ports/contents.ts";
import type { Folder } from "../ports/folder.ts";
import type { Provider } from "../ports/provider.ts";
import type { ChatFile, Model } from "../ports/provider-chat.ts";
import type { FileView } from "../session/session.ts";

/** The model that is to read a request, at Satchel's own connection to its provider. */
export interface ModelReader {
  readonly provider: Provider;
  readonly model: Pick<Model, "takes" | "prices">;
  /** Texts of fewer bytes are always embedded. */
  readonly embedBelow: number;
  /** Where texts are kept that providers made of files, so that each is fetched once. */
  readonly extracted: Folder;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** How a file is shown other than as its own text. */
export type NativeForm =
  /** As itself: by reference, or with its bytes. */
  | { readonly kind: "file"; readonly file: ChatFile; readonly tokens: number | undefined }
  /** As the text that the provider made of it. */
  | { readonly kind: "text"; readonly text: string }
  /** It could be, once it is uploaded. */
  | { readonly kind: "not-uploaded"; readonly provider: string };

/** Larger files are not put into a request as bytes: providers take some ten megabytes in all. */
const largestInline = 20_000_000;

/**
 * How a model is shown a file if not as its text; undefined if its text is embedded, or if the model cannot read it at all. `path` is what the model knows
 * the file by.
 */
export async function nativeForm(
  contents: Contents,
  reader: ModelReader,
  { view, path }: { readonly view: FileView; readonly path: string },
  signal: AbortSignal = new AbortController().signal,
): Promise<NativeForm | undefined> {
  const { content } = view;
  const form = formFor(content, reader);
  if (form === "embedded" || form === "unread") return undefined;
  if (form === "attached") return attached(contents, { view, path }, signal);
  const id = usableUpload(view, reader)?.providerFileId;
  // A text that was not uploaded is embedded like any other.
  if (id === undefined) {
    const provider = reader.provider.account.name;
    return isText(content) ? undefined : { kind: "not-uploaded", provider };
  }
  if (form === "extracted") {
    return { kind: "text", text: await extractedText(reader, content, id, signal) };
  }
  const tokens = isText(content) ? content.tokens : undefined;
  const source = { kind: "reference", id } as const;
  return { kind: "file", file: { name: path, mediaType: content.mediaType, source }, tokens };
}

function formFor(
  content: Content,
  { provider: { capabilities }, model, embedBelow }: ModelReader,
): Form {
  // Of a model that nobody knows it is not known either which files it takes: it gets text.
  const takes = model.takes ?? [];
  return chooseForm(content, { capabilities, model: { ...model, takes } }, embedBelow);
}

async function attached(
  contents: Contents,
  { view: { file, content }, path }: { readonly view: FileView; readonly path: string },
  signal: AbortSignal,
): Promise<NativeForm | undefined> {
  if (content.bytes > largestInline) return undefined;
  const { contentId, mediaType } = content;
  const bytes = await contents.read({ contentId, uri: file.uri }, signal);
  return {
    kind: "file",
    file: { name: path, mediaType, source: { kind: "bytes", bytes } },
    tokens: undefined,
  };
}

/** An upload at the reader's account that it can be shown, and that lasts for a while yet. */
function usableUpload(
  { content, providerFiles }: FileView,
  { provider, now }: ModelReader,
): ProviderFile | undefined {
  const { provider: id, baseUrl, account } = provider.account;
  const purpose = purposeOf(provider, content.mediaType)?.name;
  return providerFiles.find(
    (upload) =>
      upload.provider === id &&
      upload.baseUrl === baseUrl &&
      upload.account === account &&
      upload.purpose === purpose &&
      providerState(upload, now()) === "ready",
  );
}

async function extractedText(
  { provider, extracted }: ModelReader,
  { contentId }: Content,
  id: string,
  signal: AbortSignal,
): Promise<string> {
  const name = `${provider.account.provider}-${contentId}.txt`;
  const kept = await extracted.read(name);
  if (kept) return new TextDecoder().decode(kept);
  const text = (await filesOf(provider).text?.(id, signal)) ?? "";
  await extracted.write(name, new TextEncoder().encode(text));
  return text;
}

/** A cautious guess at the tokens of a file whose text nobody has counted: a page of a PDF takes some 1,500, and about as many for each 100 kB of a picture. */
export function guessTokens({ bytes }: Content): number {
  return Math.max(1_500, Math.ceil(bytes / 60));
}
