import {
  extractDocument,
  textOfDocument,
  type DocumentInfo,
  type DocumentReader,
} from "./document.ts";
import type { Extractor, FileBytes } from "../extraction.ts";
import { elementTexts, localName, type Attributes, type MarkupHandler } from "./markup.ts";
import type { Pause } from "../pause.ts";
import type { Prose } from "./prose.ts";
import {
  mainPart,
  partText,
  relationsOf,
  walkPart,
  openZip,
  refused,
  type Zip,
} from "./xml-parts.ts";

const bodyLevel = 9;

/** Title, author, pages, words, tables and headings of a Word document; undefined if it is none. */
export const extract: Extractor = (file, pause) => extractDocument(read, file, pause);

/** Its text. */
export const textOf = (file: FileBytes, pause: Pause): Promise<string | undefined> =>
  textOfDocument(read, file, pause);

const read: DocumentReader = async (file, pause, prose) => {
  const zip = openZip(file);
  if (zip?.refusal !== undefined) return refused("docx", zip.refusal);
  const main = zip && (await mainPart(zip, pause));
  return zip && main ? readBody(zip, main, pause, prose) : undefined;
};

async function readBody(
  zip: Zip,
  main: string,
  pause: Pause,
  prose: Prose,
): Promise<DocumentInfo | undefined> {
  const styles = (await relationsOf(zip, main, pause)).find(({ type }) => type === "styles");
  const body = new Body(prose, await headingStyles(zip, styles?.target ?? "", pause));
  if (!(await walkPart(zip, main, body, pause)) || !body.isWord) return undefined;
  const { pages, title, author } = await officeProperties(zip, pause);
  const facts = { pages, title, author, words: prose.words, tables: body.tables || undefined };
  return { type: "docx", facts };
}

/** What the author and the program wrote into `docProps`. */
export async function officeProperties(
  zip: Zip,
  pause: Pause,
): Promise<
  Readonly<Record<"title" | "author", string | undefined>> & { pages?: number | undefined }
> {
  const core = (await partText(zip, "docProps/core.xml", pause)) ?? "";
  const app = (await partText(zip, "docProps/app.xml", pause)) ?? "";
  const texts = await elementTexts(core, ["dc:title", "dc:creator"], pause);
  const pages = Number((await elementTexts(app, ["Pages"], pause)).get("Pages"));
  return {
    title: texts.get("dc:title"),
    author: texts.get("dc:creator"),
    pages: Number.isSafeInteger(pages) && pages > 0 ? pages : undefined,
  };
}

/** Ids of the styles that make a paragraph a heading: their names and levels are the same in all languages. */
async function headingStyles(zip: Zip, part: string, pause: Pause): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  let id: string | undefined;
  const open = (tag: string, attributes: Attributes): void => {
    const name = localName(tag);
    if (name === "style") id = attributes["w:styleId"];
    else if (id !== undefined && isHeadingMark(name, attributes["w:val"] ?? "")) ids.add(id);
  };
  await walkPart(zip, part, { open }, pause);
  return ids;
}

function isHeadingMark(name: string, value: string): boolean {
  if (name === "name") return /^(heading [1-9]|title)$/iu.test(value);
  return name === "outlineLvl" && Number(value) < bodyLevel;
}

interface Paragraph {
  text: string;
  isHeading: boolean;
}

/** The body, element by element. Names count without prefixes, as these are free. */
class Body implements MarkupHandler {
  tables = 0;
  isWord = false;
  readonly #prose: Prose;
  readonly #styles: ReadonlySet<string>;
  /** A text box stands inside a paragraph. */
  readonly #open: Paragraph[] = [];
  #isText = false;
  /** What stands for older programs says the same again. */
  #fallbacks = 0;

  constructor(prose: Prose, styles: ReadonlySet<string>) {
    this.#prose = prose;
    this.#styles = styles;
  }

  open(tag: string, attributes: Attributes): void {
    const name = localName(tag);
    if (name === "Fallback") this.#fallbacks++;
    else if (name === "document") this.isWord ||= tag.startsWith("w");
    else if (name === "tbl") this.tables++;
    else if (name === "p") this.#open.push({ text: "", isHeading: false });
    else this.#inParagraph(name, attributes["w:val"] ?? "");
  }

  #inParagraph(name: string, value: string): void {
    const paragraph = this.#open.at(-1);
    if (!paragraph) return;
    if (name === "t") this.#isText = true;
    else if (name === "tab" || name === "br") paragraph.text += " ";
    else if (name === "pStyle") paragraph.isHeading ||= this.#styles.has(value);
    else if (name === "outlineLvl") paragraph.isHeading ||= isHeadingMark(name, value);
  }

  text(text: string): void {
    const paragraph = this.#open.at(-1);
    if (this.#isText && this.#fallbacks === 0 && paragraph) paragraph.text += text;
  }

  close(tag: string): void {
    const name = localName(tag);
    if (name === "Fallback") this.#fallbacks--;
    else if (name === "t") this.#isText = false;
    else if (name === "p") this.#endParagraph();
  }

  #endParagraph(): void {
    const paragraph = this.#open.pop();
    if (!paragraph) return;
    if (paragraph.isHeading) this.#prose.addHeading(paragraph.text);
    else this.#prose.add(paragraph.text);
  }
}
