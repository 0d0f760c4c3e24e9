import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { extractionOf, factsOf, pdfOf, pdfOfPages, textOf } from "../documents.ts";

test("a PDF is told by pages, title, author and first text", async () => {
  const bytes = pdfOfPages(
    ["Tea is a drink.", "Coffee is another."],
    "/Title (All about tea) /Author (Ann)",
  );
  assert.deepEqual(await extractionOf("pdf", bytes), {
    extractor: "document",
    type: "pdf",
    preview: ["Tea is a drink.", "Coffee is another."],
    facts: [
      { name: "pages", value: "2" },
      { name: "title", value: "All about tea" },
      { name: "author", value: "Ann" },
      { name: "words", value: "7" },
      { name: "content", value: "text" },
    ],
    text: "pdf, 2 pages, 7 words\ntitle: All about tea\nauthor: Ann\ncontent: text\nTea is a drink.\nCoffee is another.",
  });
  assert.equal(await textOf("pdf", bytes), "Tea is a drink.\nCoffee is another.");
});

test("a PDF of a real program is read", async () => {
  const file = new URL("../../demo/workspace/report.pdf", import.meta.url);
  const extraction = await extractionOf("pdf", await readFile(file));
  const { pages, title, author } = factsOf(extraction);
  assert.deepEqual([pages, title, author], ["1", "Q4 2025 sales review", "Linden & Lark"]);
  assert.equal(extraction?.preview[2], "Summary");
});

test("a PDF without text is said to be a scan", async () => {
  const { content, words } = factsOf(await extractionOf("pdf", pdfOfPages([""])));
  assert.deepEqual([content, words], ["no text: scanned or drawn pages", "0"]);
});

test("of a long PDF the first twenty pages are read, of its text all", async () => {
  const bytes = pdfOfPages(Array.from({ length: 25 }, (_, index) => `Page number ${index + 1}`));
  const { pages, content, words } = factsOf(await extractionOf("pdf", bytes));
  assert.deepEqual([pages, content, words], ["25", "text, read on the first 20 pages", undefined]);
  assert.equal((await textOf("pdf", bytes))?.split("\n").length, 25);
});

test("the outline of a PDF is told", async () => {
  const bytes = pdfOf([
    "<< /Type /Catalog /Pages 2 0 R /Outlines 4 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] >>",
    "<< /First 5 0 R /Last 6 0 R /Count 2 >>",
    "<< /Title (One) /Parent 4 0 R /Next 6 0 R /Dest [3 0 R /Fit] >>",
    "<< /Title (Two) /Parent 4 0 R /Prev 5 0 R /Dest [3 0 R /Fit] >>",
  ]);
  assert.equal(factsOf(await extractionOf("pdf", bytes))["outline"], "One; Two");
});

test("a PDF that needs a password is said to be encrypted", async () => {
  const key = "00".repeat(32);
  const bytes = pdfOf(
    [
      "<< /Type /Catalog /Pages 2 0 R >>",
      "<< /Type /Pages /Kids [] /Count 0 >>",
      `<< /Filter /Standard /V 1 /R 2 /O <${key}> /U <${key}> /P -4 >>`,
    ],
    `/Encrypt 3 0 R /ID [<${key}> <${key}>]`,
  );
  assert.deepEqual(factsOf(await extractionOf("pdf", bytes)), {
    encrypted: "yes, a password is needed to read it",
  });
});

test("what has no mark of a PDF is none", async () => {
  assert.equal(await extractionOf("pdf", "no PDF at all"), undefined);
});
