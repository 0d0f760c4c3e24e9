import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { docxParts, extractionOf, paragraph, pdfOfPages, zipOf } from "../documents.ts";
import { createRandom, damagedCopy, readDamaged } from "../damaged-copies.ts";

const docx = Buffer.from(
  zipOf(docxParts(paragraph("Tea", "berschrift1") + paragraph("a b ").repeat(20))),
);

test("2,000 damaged PDFs have a digest or an error, and none ends the process", async () => {
  const script = fileURLToPath(new URL("../damaged-pdfs.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [script]);
  assert.ok(Number(stdout) > 500, `${stdout} were read`);
});

test("2,000 damaged Word documents have a digest or an error", async () => {
  const read = await readDamaged("docx", docx, 2000);
  assert.ok(read > 200, `${read} were read`);
});

test("a damaged file has the same digest each time", async () => {
  const random = createRandom(2);
  for (let count = 0; count < 100; count++) {
    const [extension, bytes] =
      count % 2 === 0 ? (["pdf", pdfOfPages(["Tea"])] as const) : (["docx", docx] as const);
    const damaged = damagedCopy(bytes, random);
    const digest = (): Promise<unknown> =>
      extractionOf(extension, damaged).catch((error: unknown) => String(error));
    assert.deepEqual(await digest(), await digest());
  }
});
