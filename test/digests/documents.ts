import assert from "node:assert/strict";
import { strToU8, zipSync, type Zippable } from "fflate";
import { documentFamilies } from "../../src/digests/documents/document-families.ts";
import { fileInMemory, type Extraction } from "../../src/digests/extraction.ts";
import type { Pause } from "../../src/digests/pause.ts";

const noPause: Pause = () => Promise.resolve();

/** What the family of this extension says about the bytes. */
export async function extractionOf(
  extension: string,
  content: string | Uint8Array,
): Promise<Extraction | undefined> {
  return familyOf(extension).extract(fileInMemory(Buffer.from(content), extension), noPause);
}

/** The text that the family of this extension reads. */
export async function textOf(
  extension: string,
  content: string | Uint8Array,
): Promise<string | undefined> {
  return familyOf(extension).text?.(fileInMemory(Buffer.from(content), extension), noPause);
}

/** Facts by name. */
export function factsOf(extraction: Extraction | undefined): Record<string, string> {
  assert.ok(extraction);
  return Object.fromEntries((extraction.facts ?? []).map(({ name, value }) => [name, value]));
}

/** A zip archive of texts. */
export function zipOf(parts: Readonly<Record<string, string>>): Uint8Array {
  const files: Zippable = {};
  for (const [name, text] of Object.entries(parts)) files[name] = strToU8(text);
  return zipSync(files);
}

function familyOf(extension: string): (typeof documentFamilies)[number] {
  const found = documentFamilies.find(({ extensions }) =>
    extensions.split(" ").includes(extension),
  );
  assert.ok(found, extension);
  return found;
}

/** The part of an Office document that leads to the main one. */
export function rootRelations(target: string): string {
  return relations([["rId1", "officeDocument", target]]);
}

/** Relations from one part to others: id, last word of the type, target. */
export function relations(all: readonly (readonly [string, string, string])[]): string {
  const type = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
  const list = all.map(
    ([id, word, target]) => `<Relationship Id="${id}" Type="${type}/${word}" Target="${target}"/>`,
  );
  return `<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${list.join("")}</Relationships>`;
}

/** `docProps/core.xml`. */
export function coreProperties(title: string, author: string): string {
  return `<cp:coreProperties xmlns:cp="c" xmlns:dc="d"><dc:title>${title}</dc:title><dc:creator>${author}</dc:creator></cp:coreProperties>`;
}

/** Parts of a Word document with this body. */
export function docxParts(body: string, before = ""): Record<string, string> {
  return {
    "_rels/.rels": rootRelations("word/document.xml"),
    "word/document.xml": `<?xml version="1.0"?>${before}<w:document xmlns:w="w"><w:body>${body}</w:body></w:document>`,
    "word/_rels/document.xml.rels": relations([["rId1", "styles", "styles.xml"]]),
    "word/styles.xml":
      '<w:styles xmlns:w="w"><w:style w:type="paragraph" w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style><w:style w:styleId="Body"><w:name w:val="Body Text"/></w:style></w:styles>',
    "docProps/core.xml": coreProperties("Tea &amp; Co", "Ann Example"),
    "docProps/app.xml": "<Properties><Pages>3</Pages></Properties>",
  };
}

/** A paragraph of a Word document. */
export function paragraph(text: string, style = "Body"): string {
  return `<w:p><w:pPr><w:pStyle w:val="${style}"/></w:pPr><w:r><w:t xml:space="preserve">${text}</w:t></w:r></w:p>`;
}

/** A PDF of these objects, numbered from 1 on, with a table of where they are. The first one is the catalog. */
export function pdfOf(objects: readonly string[], trailer = ""): Buffer {
  let text = "%PDF-1.4\n";
  const places = objects.map((object, index) => {
    const at = text.length;
    text += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(at).padStart(10, "0")} 00000 n \n`;
  });
  const start = text.length;
  const count = objects.length + 1;
  text += `xref\n0 ${count}\n0000000000 65535 f \n${places.join("")}`;
  text += `trailer\n<< /Size ${count} /Root 1 0 R ${trailer} >>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.from(text, "latin1");
}

/** A PDF with a page for each text. */
export function pdfOfPages(texts: readonly string[], info = ""): Buffer {
  const kids = texts.map((_, index) => `${4 + 2 * index} 0 R`).join(" ");
  const pages = texts.flatMap((text, index) => {
    const content = text === "" ? "0 0 10 10 re f" : `BT /F1 12 Tf 50 700 Td (${text}) Tj ET`;
    return [
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Resources << /Font << /F1 3 0 R >> >> /Contents ${5 + 2 * index} 0 R >>`,
      `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    ];
  });
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    `<< /Type /Pages /Kids [${kids}] /Count ${texts.length} >>`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ...pages,
    `<< ${info} >>`,
  ];
  return pdfOf(objects, `/Info ${objects.length} 0 R`);
}
