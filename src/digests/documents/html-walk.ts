import { walkHtml, type Attributes, type MarkupHandler } from "./markup.ts";
import type { Pause } from "../pause.ts";
import type { Prose } from "./prose.ts";

/** Elements whose text is not read on the page. */
const silent = new Set(
  "script style template noscript svg math iframe object select textarea head".split(" "),
);
/** Elements that stand in a line of their own. */
const blocks = new Set(
  (
    "address article aside blockquote body br caption center dd details dialog div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header " +
    "hr html legend li main nav ol option p pre section summary table tbody tfoot thead tr ul"
  ).split(" "),
);
const isHeading = /^h[1-6]$/u;

/** What a page says of itself, and what is in it. */
export interface PageInfo {
  readonly title: string;
  readonly author: string;
  readonly description: string;
  readonly language: string;
  readonly links: number;
  readonly images: number;
  readonly tables: number;
  /** True if there is a tag in it. */
  readonly isMarkup: boolean;
}

/** Reads the text of a page as it is seen without scripts. */
export async function readPage(html: string, pause: Pause, prose: Prose): Promise<PageInfo> {
  const page = new Page(prose);
  await walkHtml(html, page, pause);
  page.end();
  return page;
}

class Page implements MarkupHandler, PageInfo {
  title = "";
  author = "";
  description = "";
  language = "";
  links = 0;
  images = 0;
  tables = 0;
  isMarkup = false;
  readonly #prose: Prose;
  #line = "";
  #silent = 0;
  #isTitle = false;
  #isHeading = false;

  constructor(prose: Prose) {
    this.#prose = prose;
  }

  open(name: string, attributes: Attributes): void {
    this.isMarkup = true;
    if (isHeading.test(name)) this.#startHeading();
    else if (blocks.has(name)) this.endLine();
    else if (name === "td" || name === "th") this.#line += " ";
    if (silent.has(name)) this.#silent++;
    // The titles in drawings are others.
    this.#isTitle = name === "title" && this.title === "";
    this.#count(name, attributes);
  }

  #count(name: string, attributes: Attributes): void {
    if (name === "a" && attributes["href"] !== undefined) this.links++;
    else if (name === "img") this.images++;
    else if (name === "table") this.tables++;
    else if (name === "html") this.language = attributes["lang"] ?? "";
    else if (name === "meta") this.#describe(attributes);
  }

  #describe({ name = "", content = "" }: Attributes): void {
    if (name.toLowerCase() === "author") this.author ||= content;
    if (name.toLowerCase() === "description") this.description ||= content;
  }

  text(text: string): void {
    if (this.#isTitle) this.title += text;
    else if (this.#silent === 0) this.#line += text;
  }

  close(name: string): void {
    if (name === "title") this.#isTitle = false;
    if (silent.has(name)) this.#silent--;
    if (isHeading.test(name)) this.#endHeading();
    else if (blocks.has(name)) this.endLine();
  }

  /** A heading is one line, whatever is in it. */
  endLine(): void {
    if (this.#isHeading) this.#line += " ";
    else this.#endParagraph();
  }

  end(): void {
    this.#endParagraph();
  }

  #endParagraph(): void {
    this.#prose.add(this.#line);
    this.#line = "";
  }

  #startHeading(): void {
    this.#endParagraph();
    this.#isHeading = true;
  }

  #endHeading(): void {
    this.#isHeading = false;
    this.#prose.addHeading(this.#line);
    this.#line = "";
  }
}
