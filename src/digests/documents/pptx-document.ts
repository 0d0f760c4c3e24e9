import { extractDocument, textOfDocument, type DocumentReader } from "./document.ts";
import { officeProperties } from "./docx-document.ts";
import type { Extractor, FileBytes } from "../extraction.ts";
import { localName, type Attributes, type MarkupHandler } from "./markup.ts";
import type { Pause } from "../pause.ts";
import type { Prose } from "./prose.ts";
import { mainPart, relationsOf, walkPart, openZip, refused, type Zip } from "./xml-parts.ts";

/** Slides that are read. */
const readSlides = 1000;

/** Slides with their titles, title and author of a PowerPoint presentation; undefined if it is none. */
export const extract: Extractor = (file, pause) => extractDocument(read, file, pause);

/** Its text, slide by slide. */
export const textOf = (file: FileBytes, pause: Pause): Promise<string | undefined> =>
  textOfDocument(read, file, pause);

const read: DocumentReader = async (file, pause, prose) => {
  const zip = openZip(file);
  if (zip?.refusal !== undefined) return refused("pptx", zip.refusal);
  const main = zip && (await mainPart(zip, pause));
  const parts = zip && main ? await slideParts(zip, main, pause) : undefined;
  if (!zip || !parts) return undefined;
  for (const part of parts.slice(0, readSlides)) {
    const slide = new Slide(prose);
    await walkPart(zip, part, slide, pause);
    if (slide.title !== "") prose.nameHeading(slide.title);
  }
  const { title, author } = await officeProperties(zip, pause);
  return {
    type: "pptx",
    facts: { slides: parts.length, title, author, words: prose.words },
    headingNoun: "slide",
  };
};

/** The slides in their order; undefined if this is no presentation. */
async function slideParts(zip: Zip, main: string, pause: Pause): Promise<string[] | undefined> {
  const ids: string[] = [];
  let isPresentation = false;
  const open = (tag: string, attributes: Attributes): void => {
    const name = localName(tag);
    if (name === "presentation") isPresentation = true;
    if (name === "sldId") ids.push(attributes["r:id"] ?? "");
  };
  await walkPart(zip, main, { open }, pause);
  if (!isPresentation) return undefined;
  const targets = new Map(
    (await relationsOf(zip, main, pause)).map(({ id, target }) => [id, target]),
  );
  return ids.flatMap((id) => targets.get(id) ?? []);
}

/** One slide, element by element. ECMA-376-1, 19.3 and 21.1. */
class Slide implements MarkupHandler {
  title = "";
  readonly #prose: Prose;
  #isTitle = false;
  #isText = false;
  #paragraph = "";

  constructor(prose: Prose) {
    this.#prose = prose;
  }

  open(tag: string, attributes: Attributes): void {
    const name = localName(tag);
    if (name === "sp") this.#isTitle = false;
    else if (name === "ph") this.#isTitle = /^(title|ctrTitle)$/u.test(attributes["type"] ?? "");
    else if (name === "p") this.#paragraph = "";
    else if (name === "br" || name === "tab") this.#paragraph += " ";
    else if (name === "t") this.#isText = true;
  }

  text(text: string): void {
    if (this.#isText) this.#paragraph += text;
  }

  close(tag: string): void {
    const name = localName(tag);
    if (name === "t") this.#isText = false;
    else if (name === "sp") this.#isTitle = false;
    else if (name === "p") this.#endParagraph();
  }

  #endParagraph(): void {
    if (this.#isTitle) this.title = `${this.title} ${this.#paragraph}`.trim();
    this.#prose.add(this.#paragraph);
  }
}
