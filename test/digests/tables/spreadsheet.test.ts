// The workbooks are written here by hand as ECMA-376 and OpenDocument 1.3 have them, and packed by fflate.
import assert from "node:assert/strict";
import { test } from "node:test";
import { strToU8, zipSync, type Zippable } from "fflate";
import { families } from "../../../src/digests/families.ts";
import { extractSpreadsheet } from "../../../src/digests/tables/spreadsheet.ts";
import { extractionOf, factsOf } from "../extraction-of.ts";
import { checkMutations, spent } from "../mutations.ts";

const workbook = `<?xml version="1.0"?><workbook xmlns:r="r"><workbookPr/><sheets>
<sheet name="Sales &amp; more" sheetId="1" r:id="rId1"/><sheet name="Old" sheetId="2" state="hidden" r:id="rId2"/>
<sheet name="Nothing" sheetId="3" r:id="rId3"/></sheets></workbook>`;
const relationships = `<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/>
<Relationship Id="rId2" Target="/xl/worksheets/sheet2.xml"/><Relationship Id="rId3" Target="worksheets/sheet3.xml"/></Relationships>`;
const styles = `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm"/>
<numFmt numFmtId="165" formatCode="[Red]0.00&quot;d&quot;"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>
<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/></cellXfs></styleSheet>`;
const strings = `<sst><si><t>id</t></si><si><r><t>na</t></r><r><t xml:space="preserve">me </t></r></si><si><t>day</t></si>
<si><t>time</t></si><si><t>price</t></si><si><t>ok</t></si><si><t>Zoë<![CDATA[<x>]]></t><rPh><t>no</t></rPh></si></sst>`;
const sheet1 = `<worksheet><dimension ref="A1:F4"/><sheetData>
<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>2</v></c><c r="D1" t="s"><v>3</v></c><c r="E1" t="s"><v>4</v></c><c r="F1" t="s"><v>5</v></c></row>
<row r="2"><c r="A2"><v>1</v></c><c r="B2" t="s"><v>6</v></c><c r="C2" s="1"><v>45292</v></c><c r="D2" s="2"><v>45292.5</v></c><c r="E2" s="3"><v>1.5</v></c><c r="F2" t="b"><v>1</v></c></row>
<row r="3"><c r="A3"><v>2</v></c><c r="C3" s="1"><v>45300</v></c><c r="E3"><f>E2*2</f><v>3</v></c><c r="F3" t="b"><v>0</v></c></row>
<row r="4"><c r="A4"><v>3</v></c><c r="B4" t="inlineStr"><is><t>007</t></is></c><c r="D4"/></row><row r="5"/></sheetData></worksheet>`;
const sheet2 = `<x:worksheet><x:sheetData><x:row><x:c><x:v>1</x:v></x:c><x:c r="C1"><x:v>2</x:v></x:c></x:row></x:sheetData></x:worksheet>`;

function packed(files: Readonly<Record<string, string>>, level: 0 | 6 = 6): Uint8Array {
  const entries = Object.entries(files).map(([name, text]) => [name, strToU8(text)] as const);
  return zipSync(Object.fromEntries(entries), { level });
}

function xlsx(first: string = sheet1): Uint8Array {
  return packed({
    "xl/workbook.xml": workbook,
    "xl/_rels/workbook.xml.rels": relationships,
    "xl/styles.xml": styles,
    "xl/sharedStrings.xml": strings,
    "xl/worksheets/sheet1.xml": first,
    "xl/worksheets/sheet2.xml": sheet2,
  });
}

test("a workbook is told by its sheets, and the first by its columns, rows and types", async () => {
  const digest = await extractionOf(extractSpreadsheet, xlsx(), "xlsx");
  assert.deepEqual(digest?.columns, ["id", "name ", "day", "time", "price", "ok"]);
  assert.equal(digest?.rows, 3);
  assert.deepEqual(factsOf(digest), {
    sheets: "3",
    "sheet Sales & more": "3 rows, 6 columns",
    "sheet Old": "1 row, 3 columns, hidden",
    "sheet Nothing": "empty",
    formulas: "1",
  });
  assert.deepEqual(Object.values(digest?.preview[0] as object), [
    "1",
    "Zoë<x>",
    "2024-01-01",
    "2024-01-01 12:00:00",
    "1.5",
    "true",
  ]);
  assert.deepEqual(
    digest?.profile?.map(({ type, nulls, min, max }) => [type, nulls, min, max]),
    [
      ["integer", 0, "1", "3"],
      ["text", 1, "007", "Zoë<x>"],
      ["date", 1, "2024-01-01", "2024-01-09"],
      ["date", 2, "2024-01-01 12:00:00", "2024-01-01 12:00:00"],
      ["number", 1, "1.5", "3"],
      ["boolean", 1, "false", "true"],
    ],
  );
  assert.match(digest?.text ?? "", /^xlsx, 3 sheets: Sales & more, Old, Nothing\n/u);
  assert.ok((digest?.text.length ?? 0) <= 1200);
});

test("days are counted from 1904 where the workbook says so", async () => {
  const bytes = packed({
    "xl/workbook.xml": workbook.replace("<workbookPr/>", '<workbookPr date1904="1"/>'),
    "xl/_rels/workbook.xml.rels": relationships,
    "xl/styles.xml": styles,
    "xl/sharedStrings.xml": strings,
    "xl/worksheets/sheet1.xml": sheet1,
  });
  const digest = await extractionOf(extractSpreadsheet, bytes, "xlsx");
  assert.equal(digest?.profile?.[2]?.min, "2028-01-02");
});

const ods = `<office:document-content><office:body><office:spreadsheet><table:table table:name="One">
<table:table-row><table:table-cell office:value-type="string"><text:p>a</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>b</text:p></table:table-cell></table:table-row>
<table:table-row table:number-rows-repeated="3"><table:table-cell office:value-type="float" office:value="1.5"><text:p>1,50 €</text:p></table:table-cell><table:table-cell office:value-type="date" office:date-value="2024-01-01"><text:p>1.1.24</text:p></table:table-cell></table:table-row>
<table:table-row><table:table-cell table:number-columns-repeated="2" table:formula="of:=1" office:value-type="float" office:value="2"/><table:table-cell table:number-columns-repeated="16000"/></table:table-row>
<table:table-row table:number-rows-repeated="1048570"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>
</table:table><table:table table:name="Two"/></office:spreadsheet></office:body></office:document-content>`;

test("a spreadsheet of OpenDocument is told alike; what is repeated counts as often", async () => {
  const digest = await extractionOf(extractSpreadsheet, packed({ "content.xml": ods }, 0), "ods");
  assert.deepEqual([digest?.columns, digest?.rows], [["a", "b"], 4]);
  assert.deepEqual(factsOf(digest), {
    sheets: "2",
    "sheet One": "4 rows, 2 columns",
    "sheet Two": "empty",
    formulas: "1",
  });
  assert.deepEqual(
    digest?.profile?.map(({ type, nulls, distinct }) => [type, nulls, distinct]),
    [
      ["number", 0, 2],
      ["mixed", 0, 2],
    ],
  );
});

test("other packages and bytes are no spreadsheets", async () => {
  assert.equal(await extractionOf(extractSpreadsheet, packed({ "a.txt": "a" }), "xlsx"), undefined);
  assert.equal(await extractionOf(extractSpreadsheet, Buffer.from("PK"), "xlsx"), undefined);
});

test("200,000 cells are enough of a workbook, which then says so", async () => {
  const row = `<row>${"<c><v>1</v></c>".repeat(100)}</row>`;
  const sheet = `<worksheet><dimension ref="A1:CV50000"/><sheetData>${row.repeat(5000)}</sheetData></worksheet>`;
  // Stored: packed, so many equal rows would be a bomb.
  const bytes = packed(
    {
      "xl/workbook.xml": workbook,
      "xl/_rels/workbook.xml.rels": relationships,
      "xl/worksheets/sheet1.xml": sheet,
    },
    0,
  );
  const digest = await extractionOf(extractSpreadsheet, bytes, "xlsx");
  assert.equal(digest?.rows, undefined);
  assert.match(
    factsOf(digest)["sheet Sales & more"] ?? "",
    /^at least 20\d\d rows, 100 columns \(it says A1:CV50000\)$|^at least 2,0\d\d rows, 100 columns \(it says A1:CV50000\)$/u,
  );
  assert.match(digest?.text ?? "", /stopped after 200,000 cells/u);
});

async function refusalOf(bytes: Uint8Array): Promise<string | undefined> {
  const start = process.cpuUsage();
  const digest = await extractionOf(extractSpreadsheet, bytes, "xlsx");
  assert.ok(spent(start) < 300, `${spent(start)} ms`);
  return factsOf(digest)["not opened"];
}

test("bombs are refused before anything is unpacked", async () => {
  const zeros = zipSync({ "xl/workbook.xml": new Uint8Array(50_000_000) });
  assert.equal(await refusalOf(zeros), "a file packed 100 to 1");
  const many: Zippable = {};
  for (let index = 0; index < 10_001; index++) many[`${index}`] = new Uint8Array(0);
  assert.equal(await refusalOf(zipSync(many)), "more than 10,000 files");
  // The directory says 300 MB in 4 MB, which is not a bomb by the ratio of a part.
  const large = Buffer.from(
    zipSync({ "xl/workbook.xml": new Uint8Array(4_000_000) }, { level: 0 }),
  );
  large.writeUInt32LE(300_000_000, large.lastIndexOf("PK\u0001\u0002", undefined, "latin1") + 24);
  assert.equal(await refusalOf(large), "more than 200 MB when unpacked");
});

test("a package that says less than it holds is stopped there", async () => {
  const bytes = Buffer.from(
    zipSync({ "xl/workbook.xml": strToU8(`<workbook>${" ".repeat(100_000_000)}`) }),
  );
  bytes.writeUInt32LE(1000, bytes.lastIndexOf("PK\u0001\u0002", undefined, "latin1") + 24);
  const start = process.cpuUsage();
  await assert.rejects(extractionOf(extractSpreadsheet, bytes, "xlsx"), /more bytes/u);
  assert.ok(spent(start) < 300, `${spent(start)} ms`);
});

test("cells and sheets that are repeated without end are not looked at one by one", async () => {
  const cell =
    '<c table:number-columns-repeated="16384" office:value-type="float" office:value="1"/>';
  const row = `<table-row>${cell.replace("<c ", "<table-cell ")}</table-row>`;
  const start = process.cpuUsage();
  const wide = packed({ "content.xml": `<table name="a">${row.repeat(20_000)}</table>` }, 0);
  const digest = await extractionOf(extractSpreadsheet, wide, "ods");
  assert.match(factsOf(digest)["sheet a"] ?? "", /^at least \d+ rows, 16,384 columns/u);
  assert.ok(spent(start) < 1000, `${spent(start)} ms`);
  const sheets = '<sheet name="a" r:id="rId1"/>'.repeat(1000);
  const same = packed(
    {
      "xl/workbook.xml": `<workbook>${sheets}</workbook>`,
      "xl/_rels/workbook.xml.rels": relationships,
      "xl/worksheets/sheet1.xml": "<row/>".repeat(100_000),
    },
    0,
  );
  await assert.rejects(extractionOf(extractSpreadsheet, same, "xlsx"), /read again/u);
});

test("entities are not defined", async () => {
  const bomb = `<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>${sheet1.replace("007", "&b;&#x41;&lt;")}`;
  const digest = await extractionOf(extractSpreadsheet, xlsx(bomb), "xlsx");
  assert.equal(Object.values(digest?.preview[2] as object)[1], "&b;A<");
});

test("damaged workbooks end soon, at worst with an error", async () => {
  for (const [bytes, extension] of [
    [xlsx(), "xlsx"],
    [packed({ "content.xml": ods }, 0), "ods"],
  ] as const) {
    const { told, failed } = await checkMutations(extractSpreadsheet, bytes, {
      extension,
      count: 2000,
    });
    assert.ok(told > 100 && failed > 10, `${told} told, ${failed} failed`);
  }
});

test("spreadsheets belong to a family", () => {
  const family = families.find(({ extensions }) => extensions.split(" ").includes("xlsx"));
  assert.equal(family?.name, "spreadsheets");
});
