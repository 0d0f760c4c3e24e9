import assert from "node:assert/strict";
import { test } from "node:test";
import {
  coreProperties,
  docxParts,
  extractionOf,
  factsOf,
  paragraph,
  relations,
  rootRelations,
  textOf,
  zipOf,
} from "../documents.ts";

const table = `<w:tbl><w:tr><w:tc>${paragraph("cell")}</w:tc></w:tr></w:tbl>`;
const fallback = `<w:p><mc:AlternateContent><mc:Choice><w:r><w:t>once</w:t></w:r></mc:Choice><mc:Fallback><w:r><w:t>twice</w:t></w:r></mc:Fallback></mc:AlternateContent></w:p>`;
const deleted = "<w:p><w:del><w:r><w:delText>gone</w:delText></w:r></w:del></w:p>";

test("a Word document is told by title, author, pages, words, tables, headings and first text", async () => {
  const body = [
    paragraph("Tea", "berschrift1"),
    paragraph("Tea &amp; milk, two words"),
    table,
    fallback,
    deleted,
  ].join("");
  const bytes = zipOf(docxParts(body));
  assert.deepEqual(await extractionOf("docx", bytes), {
    extractor: "document",
    type: "docx",
    preview: ["Tea", "Tea & milk, two words", "cell", "once"],
    facts: [
      { name: "pages", value: "3" },
      { name: "title", value: "Tea & Co" },
      { name: "author", value: "Ann Example" },
      { name: "words", value: "7" },
      { name: "tables", value: "1" },
      { name: "headings", value: "1" },
      { name: "outline", value: "Tea" },
    ],
    text: "docx, 3 pages, 7 words, 1 table\ntitle: Tea & Co\nauthor: Ann Example\n1 heading: Tea\nTea\nTea & milk, two words\ncell\nonce",
  });
  assert.equal(await textOf("docx", bytes), "Tea\nTea & milk, two words\ncell\nonce");
});

test("an OpenDocument text is told the same way", async () => {
  const bytes = zipOf({
    mimetype: "application/vnd.oasis.opendocument.text",
    "content.xml":
      '<office:document-content><office:body><office:text><text:tracked-changes><text:p>old</text:p></text:tracked-changes><text:h text:outline-level="1">One</text:h>' +
      "<text:p>two<text:s/>three<text:line-break/>four</text:p><table:table><table:table-row><table:table-cell><text:p>cell</text:p></table:table-cell></table:table-row></table:table></office:text></office:body></office:document-content>",
    "meta.xml":
      '<office:document-meta><office:meta><dc:title>Numbers</dc:title><meta:initial-creator>Ann</meta:initial-creator><meta:document-statistic meta:page-count="4"/></office:meta></office:document-meta>',
  });
  const extraction = await extractionOf("odt", bytes);
  assert.deepEqual(factsOf(extraction), {
    pages: "4",
    title: "Numbers",
    author: "Ann",
    words: "5",
    tables: "1",
    headings: "1",
    outline: "One",
  });
  assert.deepEqual(extraction?.preview, ["One", "two three four", "cell"]);
});

test("an OpenDocument presentation is told by the titles of its slides", async () => {
  const slide = (title: string): string =>
    `<draw:page><draw:frame presentation:class="title"><draw:text-box><text:p>${title}</text:p></draw:text-box></draw:frame><draw:frame><draw:text-box><text:p>point</text:p></draw:text-box></draw:frame></draw:page>`;
  const bytes = zipOf({
    "content.xml": `<office:document-content><office:presentation>${slide("A")}${slide("B")}</office:presentation></office:document-content>`,
  });
  const { slides, outline, words } = factsOf(await extractionOf("odp", bytes));
  assert.deepEqual([slides, outline, words], ["2", "A; B", "4"]);
});

test("a PowerPoint presentation is told by its slides in their order", async () => {
  const slide = (title: string, point: string): string =>
    `<p:sld xmlns:p="p" xmlns:a="a"><p:sp><p:nvPr><p:ph type="ctrTitle"/></p:nvPr><p:txBody><a:p><a:r><a:t>${title}</a:t></a:r></a:p></p:txBody></p:sp>` +
    `<p:sp><p:nvPr><p:ph type="body"/></p:nvPr><p:txBody><a:p><a:r><a:t>${point}</a:t></a:r></a:p></p:txBody></p:sp></p:sld>`;
  const bytes = zipOf({
    "_rels/.rels": rootRelations("ppt/presentation.xml"),
    "ppt/presentation.xml":
      '<p:presentation xmlns:p="p"><p:sldIdLst><p:sldId id="256" r:id="rId2"/><p:sldId id="257" r:id="rId1"/></p:sldIdLst></p:presentation>',
    "ppt/_rels/presentation.xml.rels": relations([
      ["rId1", "slide", "slides/slide1.xml"],
      ["rId2", "slide", "/ppt/slides/slide2.xml"],
    ]),
    "ppt/slides/slide1.xml": slide("Second", "its point"),
    "ppt/slides/slide2.xml": slide("First", "a point"),
    "docProps/core.xml": coreProperties("Talk", "Ann"),
  });
  const extraction = await extractionOf("pptx", bytes);
  assert.deepEqual(factsOf(extraction), {
    slides: "2",
    title: "Talk",
    author: "Ann",
    words: "6",
    outline: "First; Second",
  });
  assert.equal(
    extraction?.text,
    "pptx, 2 slides, 6 words\ntitle: Talk\nauthor: Ann\n2 slides: First, Second\nFirst\na point\nSecond\nits point",
  );
});

test("a book is told by title, author and chapters", async () => {
  const page = (text: string): string =>
    `<html><head><title>x</title></head><body><h1>${text}</h1><p>Some text.</p></body></html>`;
  const parts = {
    mimetype: "application/epub+zip",
    "META-INF/container.xml":
      '<container><rootfiles><rootfile full-path="OPS/book.opf"/></rootfiles></container>',
    "OPS/book.opf":
      '<package><metadata xmlns:dc="d"><dc:title>The Book</dc:title><dc:creator>Ann</dc:creator><dc:language>en</dc:language></metadata>' +
      '<manifest><item id="a" href="one%20a.xhtml"/><item id="b" href="two.xhtml"/><item id="nav" href="nav.xhtml" properties="nav"/></manifest>' +
      '<spine><itemref idref="a"/><itemref idref="b"/></spine></package>',
    "OPS/nav.xhtml":
      '<html><body><nav><ol><li><a href="one%20a.xhtml">Start</a></li><li><a href="two.xhtml">End</a></li></ol></nav><nav><a href="x">page 1</a></nav></body></html>',
    "OPS/one a.xhtml": page("Start"),
    "OPS/two.xhtml": page("End"),
  };
  const extraction = await extractionOf("epub", zipOf(parts));
  assert.deepEqual(factsOf(extraction), {
    title: "The Book",
    author: "Ann",
    chapters: "2",
    words: "6",
    language: "en",
    outline: "Start; End",
  });
  assert.equal(await textOf("epub", zipOf(parts)), "Start\nSome text.\nEnd\nSome text.");
});

for (const extension of ["docx", "odt", "pptx", "epub"]) {
  test(`another archive, and what is no archive, is no ${extension}`, async () => {
    assert.equal(await extractionOf(extension, zipOf({ "a.txt": "text" })), undefined);
    assert.equal(await extractionOf(extension, "no archive"), undefined);
  });
}

test("entities that a document declares are not replaced", async () => {
  const lines = Array.from(
    { length: 9 },
    (_, index) => `<!ENTITY a${index + 1} "${`&a${index};`.repeat(10)}">`,
  );
  const bomb = `<!DOCTYPE w:document [<!ENTITY a0 "lol"><!ENTITY file SYSTEM "file:///etc/passwd">${lines.join("")}]>`;
  const bytes = zipOf(docxParts(paragraph("before &a9;&file; after"), bomb));
  assert.equal(await textOf("docx", bytes), "before &a9;&file; after");
});

test("a document that inflates to too much is refused before it is inflated", async () => {
  const bytes = Buffer.from(zipOf(docxParts(paragraph("a".repeat(20_000_000)))));
  const directory = bytes.indexOf("PK\u0001\u0002", 0, "latin1");
  bytes.fill(0, 0, directory);
  const extraction = await extractionOf("docx", bytes);
  assert.match(extraction?.text ?? "", /^docx\nnot opened: /u);
});

test("an archive that tells a smaller size than it has is stopped there", async () => {
  const bytes = Buffer.from(zipOf(docxParts(paragraph("a".repeat(5_000_000)))));
  const name = Buffer.from("word/document.xml");
  const entry = bytes.lastIndexOf(name) - 46;
  assert.equal(bytes.readUInt32LE(entry), 0x02014b50);
  bytes.writeUInt32LE(100, entry + 24);
  await assert.rejects(extractionOf("docx", bytes), Error);
});

test("tags that are nested without end are an error", async () => {
  const deep = "<w:x>".repeat(100_000);
  const random = Array.from({ length: 100_000 }, (_, index) => (index * 7919) % 10_007).join(" ");
  const bytes = zipOf(docxParts(deep + paragraph(random)));
  await assert.rejects(extractionOf("docx", bytes), Error);
});
