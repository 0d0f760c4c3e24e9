import { extractDocument, textOfDocument, type DocumentReader } from "./document.ts";
import type { Extractor, FileBytes } from "../extraction.ts";
import { elementTexts, type Attributes, type MarkupHandler } from "./markup.ts";
import type { Pause } from "../pause.ts";
import type { Prose } from "./prose.ts";
import { partText, walkPart, openZip, refused, type Zip } from "./xml-parts.ts";

/** Title, author, pages, words, tables and headings of an OpenDocument text, titles of the slides of a presentation; undefined if it is neither. */
export const extract: Extractor = (file, pause) => extractDocument(read, file, pause);

/** Its text. */
export const textOf = (file: FileBytes, pause: Pause): Promise<string | undefined> =>
  textOfDocument(read, file, pause);

const read: DocumentReader = async (file, pause, prose) => {
  const zip = openZip(file);
  if (!zip) return undefined;
  if (zip.refusal !== undefined) return refused("odt", zip.refusal);
  const body = new Body(prose);
  if (!(await walkPart(zip, "content.xml", body, pause)) || body.kind === undefined)
    return undefined;
  const { title, author, pages } = await properties(zip, pause);
  const counts = { words: prose.words, tables: body.tables || undefined };
  if (body.kind === "text") return { type: "odt", facts: { pages, title, author, ...counts } };
  return {
    type: "odp",
    facts: { slides: body.slides, title, author, ...counts },
    headingNoun: "slide",
  };
};

async function properties(
  zip: Zip,
  pause: Pause,
): Promise<
  Readonly<Record<"title" | "author", string | undefined>> & { pages?: number | undefined }
> {
  const xml = (await partText(zip, "meta.xml", pause)) ?? "";
  const names = ["dc:title", "meta:initial-creator", "dc:creator"];
  const texts = await elementTexts(xml, names, pause);
  const pages = Number(/\smeta:page-count="(\d{1,9})"/u.exec(xml)?.[1]);
  return {
    title: texts.get("dc:title"),
    author: texts.get("meta:initial-creator") ?? texts.get("dc:creator"),
    pages: pages > 0 ? pages : undefined,
  };
}

const paragraphs = new Set(["text:p", "text:h"]);
const spaces = new Set(["text:s", "text:tab", "text:line-break"]);
/** What is not in the text as it is read: notes of reviewers, and what was deleted. */
const skipped = new Set(["office:annotation", "text:tracked-changes", "presentation:notes"]);

/** The body, element by element. OpenDocument 1.3, part 3. */
class Body implements MarkupHandler {
  kind: "text" | "presentation" | undefined;
  tables = 0;
  slides = 0;
  readonly #prose: Prose;
  /** The outer paragraph goes on after a frame or a note in it. */
  readonly #open: string[] = [];
  #skipped = 0;
  #isTitle = false;

  constructor(prose: Prose) {
    this.#prose = prose;
  }

  open(name: string, attributes: Attributes): void {
    if (skipped.has(name)) this.#skipped++;
    else if (name === "office:text") this.kind = "text";
    else if (name === "office:presentation") this.kind = "presentation";
    else if (name === "table:table") this.tables++;
    else if (name === "draw:page") this.slides++;
    else if (name === "draw:frame") this.#isTitle = attributes["presentation:class"] === "title";
    else if (paragraphs.has(name)) this.#open.push("");
    else if (spaces.has(name)) this.text(" ");
  }

  text(text: string): void {
    const last = this.#open.length - 1;
    if (last >= 0 && this.#skipped === 0) this.#open[last] += text;
  }

  close(name: string): void {
    if (skipped.has(name)) this.#skipped--;
    else if (name === "draw:frame") this.#isTitle = false;
    else if (paragraphs.has(name)) this.#endParagraph(name);
  }

  #endParagraph(name: string): void {
    const text = this.#open.pop() ?? "";
    const isHeading = this.kind === "presentation" ? this.#isTitle : name === "text:h";
    if (isHeading) this.#prose.addHeading(text);
    else this.#prose.add(text);
  }
}
