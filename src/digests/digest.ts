import type { Digest } from "../core/files/digest.ts";
import { extractBinary, isBinary, plainMark } from "./detect/binary.ts";
import { fromNarrow, fromWide, type Converted } from "./detect/encoding.ts";
import { extensionOf } from "./detect/file-extension.ts";
import { fileInMemory, type Extraction, type FileBytes } from "./extraction.ts";
import { families, type Family } from "./families.ts";
import { isContainer, magicOf } from "./detect/magic.ts";
import type { Pause } from "./pause.ts";
import { extractText } from "./text.ts";
import { version } from "./version.ts";
import { withLine } from "./words.ts";

/** A file to be digested. */
export interface DigestInput {
  readonly contentId: string;
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Where the family of a file is found. */
interface FamilyIndex {
  readonly byExtension: ReadonlyMap<string, Family>;
  readonly byMagic: ReadonlyMap<string, Family>;
}

/** Where two families know the same, the first one wins. */
export function indexOf(all: readonly Family[]): FamilyIndex {
  const by = (wordsOf: (family: Family) => string): ReadonlyMap<string, Family> => {
    const found = new Map<string, Family>();
    for (const family of all)
      for (const word of wordsOf(family).split(" "))
        if (word !== "" && !found.has(word)) found.set(word, family);
    return found;
  };
  return {
    byExtension: by(({ extensions }) => extensions),
    byMagic: by(({ magic }) => magic ?? ""),
  };
}

const usual = indexOf(families);

/** The digest of a file: equal bytes under names with the same extension have the same. Rejects only as `pause` does, whatever an extractor throws. */
export async function digest(
  input: DigestInput,
  pause: Pause,
  index: FamilyIndex = usual,
): Promise<Digest> {
  const { contentId, name } = input;
  const { buffer, byteOffset, byteLength } = input.bytes;
  const bytes = Buffer.from(buffer, byteOffset, byteLength);
  const reading = new Reading(fileInMemory(bytes, extensionOf(name)), pause, index);
  return { contentId, version, ...(await reading.extract()) };
}

/** The look at one file. */
class Reading {
  readonly #file: FileBytes;
  readonly #pause: Pause;
  readonly #index: FamilyIndex;
  /** Undefined if the file is not text. In UTF-8. */
  #text: FileBytes | undefined;
  #encoding: string | undefined;
  #magic: string | undefined;
  /** What could not read the file. */
  #failed: string | undefined;

  constructor(file: FileBytes, pause: Pause, index: FamilyIndex) {
    this.#file = file;
    this.#pause = pause;
    this.#index = index;
  }

  async extract(): Promise<Extraction> {
    await this.#findText();
    return (await this.#ofFamilies()) ?? this.#ofAny();
  }

  async #findText(): Promise<void> {
    const { bytes, extension } = this.#file;
    if (!isBinary(bytes)) this.#text = this.#file;
    else this.#convert(await fromWide(bytes, this.#pause));
    // The first bytes of a text may be those of something else by chance.
    const isNamedText = this.#text && this.#index.byExtension.get(extension ?? "")?.isText;
    if (!isNamedText) this.#magic = await magicOf((this.#text ?? this.#file).bytes);
    if (!this.#text && (this.#magic === undefined || this.#magic === "xml"))
      this.#convert(await fromNarrow(bytes, this.#pause));
  }

  #convert(converted: Converted | undefined): void {
    if (!converted) return;
    this.#text = fileInMemory(converted.bytes, this.#file.extension);
    this.#encoding = converted.encoding;
  }

  async #ofFamilies(): Promise<Extraction | undefined> {
    for (const family of this.#candidates()) {
      const file = family.isText ? this.#text : this.#file;
      if (!file) continue;
      const known = await this.#tryFamily(family, file);
      if (known) return family.isText ? this.#withEncoding(known) : known;
    }
    return undefined;
  }

  /** The bytes tell more than the name, unless they are a text or a container. */
  #candidates(): ReadonlySet<Family> {
    const named = this.#index.byExtension.get(this.#file.extension ?? "");
    const shown = this.#index.byMagic.get(this.#magic ?? "");
    const mayBeShown = !this.#text || shown?.isText ? shown : undefined;
    const isNamedFirst = isContainer(this.#magic) || this.#text;
    const order = isNamedFirst ? [named, mayBeShown] : [mayBeShown, named];
    return new Set(order.filter((family) => family !== undefined));
  }

  async #tryFamily(family: Family, file: FileBytes): Promise<Extraction | undefined> {
    const { extension = "" } = file;
    const isNamed = family.extensions.split(" ").includes(extension);
    const shown = isNamed || this.#magic === undefined ? file : renamed(file, this.#magic);
    let stopped = false;
    const pause: Pause = async () => {
      stopped = true;
      await this.#pause();
      stopped = false;
    };
    try {
      return await family.extract(shown, pause);
    } catch (error) {
      if (stopped) throw error;
      this.#failed = family.name;
      return undefined;
    }
  }

  /** The file under what its bytes show, if it has no extension or that of a text, which it is not. */
  #trueName(): FileBytes {
    const { extension } = this.#file;
    const isTrue =
      extension !== undefined && this.#index.byExtension.get(extension)?.isText !== true;
    return isTrue || this.#magic === undefined ? this.#file : renamed(this.#file, this.#magic);
  }

  /** What can be told of any file. */
  async #ofAny(): Promise<Extraction> {
    const extraction = this.#text
      ? this.#withEncoding(await extractText(this.#text, this.#pause))
      : extractBinary(this.#trueName());
    const reason = `reading it as ${this.#failed} failed`;
    return this.#failed === undefined ? extraction : withFact(extraction, plainMark, reason);
  }

  #withEncoding(extraction: Extraction): Extraction {
    return this.#encoding === undefined
      ? extraction
      : withFact(extraction, "encoding", this.#encoding);
  }
}

/** The same file as if its name had this extension. */
function renamed(file: FileBytes, extension: string): FileBytes {
  const { size } = file;
  return {
    extension,
    size,
    get bytes() {
      return file.bytes;
    },
    read: (start, end) => file.read(start, end),
  };
}

function withFact(extraction: Extraction, name: string, value: string): Extraction {
  return {
    ...extraction,
    facts: [...(extraction.facts ?? []), { name, value }],
    text: withLine(extraction.text, `${name}: ${value}`),
  };
}
