import { posix } from "node:path";
import { extractDocument, textOfDocument, type DocumentReader } from "./document.ts";
import type { Extractor, FileBytes } from "../extraction.ts";
import { readPage } from "./html-walk.ts";
import { elementTexts, localName, walkXml, type MarkupHandler } from "./markup.ts";
import type { Pause } from "../pause.ts";
import { Prose } from "./prose.ts";
import { partText, walkPart, openZip, refused, type Zip } from "./xml-parts.ts";

/** Parts of a book that are read. */
const readParts = 2000;

/** Title, author, language and chapters of a book; undefined if it is none. */
export const extract: Extractor = (file, pause) => extractDocument(read, file, pause);

/** Its text. */
export const textOf = (file: FileBytes, pause: Pause): Promise<string | undefined> =>
  textOfDocument(read, file, pause);

const read: DocumentReader = async (file, pause, prose) => {
  const zip = openZip(file);
  if (zip?.refusal !== undefined) return refused("epub", zip.refusal);
  const path = zip && (await packagePath(zip, pause));
  const xml = path ? await partText(zip, path, pause) : undefined;
  if (!zip || !path || xml === undefined) return undefined;
  const book = new Package(posix.dirname(path));
  await walkXml(xml, book, pause);
  const texts = await elementTexts(xml, ["dc:title", "dc:creator", "dc:language"], pause);
  const pages = await readSpine(zip, book.spine, pause, prose);
  for (const chapter of await chaptersOf(zip, book, pause)) prose.nameHeading(chapter);
  return {
    type: "epub",
    facts: {
      title: texts.get("dc:title"),
      author: texts.get("dc:creator"),
      chapters: prose.headingCount || pages,
      words: prose.words,
      language: texts.get("dc:language"),
    },
    headingNoun: "chapter",
  };
};

/** EPUB 3.3, 4.2.6.3.1. */
async function packagePath(zip: Zip, pause: Pause): Promise<string | undefined> {
  let path: string | undefined;
  const open: MarkupHandler["open"] = (tag, attributes) => {
    if (localName(tag) === "rootfile") path ??= attributes["full-path"];
  };
  await walkPart(zip, "META-INF/container.xml", { open }, pause);
  return path;
}

/** Reads the text in its order; returns the number of its parts. */
async function readSpine(
  zip: Zip,
  spine: readonly string[],
  pause: Pause,
  prose: Prose,
): Promise<number> {
  for (const path of spine.slice(0, readParts)) {
    const html = await partText(zip, path, pause);
    if (html === undefined) continue;
    // The names of the chapters are in the table of contents.
    const part = new Prose(true);
    await readPage(html, pause, part);
    for (const paragraph of part.paragraphs) prose.add(paragraph);
  }
  return spine.length;
}

/** What the package tells of its parts. EPUB 3.3, 5.6 and 5.7. */
class Package implements MarkupHandler {
  readonly spine: string[] = [];
  /** The table of contents, of EPUB 3 or else of EPUB 2. */
  contents: string | undefined;
  readonly #folder: string;
  readonly #paths = new Map<string, string>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  open(tag: string, attributes: Readonly<Record<string, string>>): void {
    const name = localName(tag);
    if (name === "item") this.#addItem(attributes);
    if (name === "itemref") this.#addReference(attributes["idref"] ?? "");
  }

  #addItem(item: Readonly<Record<string, string>>): void {
    const path = posix.join(this.#folder, decodePath(item["href"] ?? ""));
    this.#paths.set(item["id"] ?? "", path);
    if (item["properties"]?.split(" ").includes("nav")) this.contents = path;
    if (item["media-type"] === "application/x-dtbncx+xml") this.contents ??= path;
  }

  #addReference(id: string): void {
    const path = this.#paths.get(id);
    if (path !== undefined) this.spine.push(path);
  }
}

function decodePath(href: string): string {
  try {
    return decodeURIComponent(href);
  } catch {
    return href;
  }
}

/** Names of the chapters as the table of contents tells them. */
async function chaptersOf(zip: Zip, book: Package, pause: Pause): Promise<readonly string[]> {
  const contents = new Contents();
  if (book.contents !== undefined) await walkPart(zip, book.contents, contents, pause);
  return contents.names;
}

/** The labels of `navMap`, or the links of the first `nav`. */
class Contents implements MarkupHandler {
  readonly names: string[] = [];
  #lists = 0;
  #isName = false;
  #isDone = false;
  #name = "";

  open(tag: string): void {
    const name = localName(tag);
    if (name === "nav" || name === "navMap") this.#lists++;
    if (this.#lists === 0 || this.#isDone || (name !== "a" && name !== "text")) return;
    this.#isName = true;
    this.#name = "";
  }

  text(text: string): void {
    if (this.#isName) this.#name += text;
  }

  close(tag: string): void {
    const name = localName(tag);
    if (this.#isName && (name === "a" || name === "text")) {
      this.names.push(this.#name);
      this.#isName = false;
    }
    if (name !== "nav" && name !== "navMap") return;
    this.#lists--;
    this.#isDone = true;
  }
}
