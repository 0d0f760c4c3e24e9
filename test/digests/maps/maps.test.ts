import assert from "node:assert/strict";
import { test } from "node:test";
import { ascii, f64, padded, row, u16, u32, u8 } from "../bytes-of.ts";
import { extracted, extractedByRanges, factsOf, testDamage } from "../extracted.ts";

const feature = (properties: object, geometry: object | null): object => ({
  type: "Feature",
  geometry,
  properties,
});
const collection = {
  type: "FeatureCollection",
  crs: { type: "name", properties: { name: "urn:ogc:def:crs:EPSG::2056" } },
  features: [
    feature({ id: 1, name: "Bern" }, { type: "Point", coordinates: [7.4, 46.9, 500] }),
    feature(
      { id: 2.5, name: null },
      {
        type: "Polygon",
        coordinates: [
          [
            [7, 46],
            [8.5, 46],
            [8, 47],
            [7, 46],
          ],
        ],
      },
    ),
    feature({}, null),
    feature(
      { id: 3 },
      {
        type: "GeometryCollection",
        geometries: [{ type: "Point", coordinates: [6, 46.5] }],
      },
    ),
  ],
};

test("GeoJSON is told by its features, geometries, bounds and attributes", async () => {
  assert.deepEqual(await extracted("geojson", JSON.stringify(collection)), {
    extractor: "geo",
    type: "geojson",
    columns: ["id", "name"],
    rows: 4,
    preview: [{ id: 1, name: "Bern" }, { id: 2.5, name: null }, {}],
    facts: [
      { name: "features", value: "4" },
      { name: "geometries", value: "2 Point, 1 Polygon, 1 GeometryCollection" },
      { name: "bounds", value: "6 to 8.5, 46 to 47" },
      { name: "CRS", value: "urn:ogc:def:crs:EPSG::2056" },
    ],
    text: [
      "geojson; features 4; geometries 2 Point, 1 Polygon, 1 GeometryCollection; bounds 6 to 8.5, 46 to 47; CRS urn:ogc:def:crs:EPSG::2056",
      "2 attributes: id integer or number, name text or null",
      '{"id":1,"name":"Bern"}',
      '{"id":2.5,"name":null}',
      "{}",
    ].join("\n"),
  });
});

test("a geometry or feature alone is GeoJSON too, and what only looks like it is JSON", async () => {
  const line = '\uFEFF{"type":"LineString","coordinates":[[1,2],[3,4]]}';
  assert.deepEqual(await factsOf("geojson", line), {
    kind: "LineString",
    geometries: "1 LineString",
    bounds: "1 to 3, 2 to 4",
    CRS: "WGS 84, as none is named",
  });
  const one = await factsOf("geojson", JSON.stringify(collection.features[0]));
  assert.deepEqual([one["kind"], one["geometries"]], ["Feature", "1 Point"]);
  for (const json of ['{"type":1,"features":[]}', "[1]", '{"type":"FeatureCollection"}'])
    assert.equal((await extracted("geojson", json))?.extractor, "json");
  assert.equal(await extracted("geojson", `${line} x`), undefined);
});

test("GeoJSON of any depth, with keys of any name, is gone over", async () => {
  const deep = "[".repeat(50_000) + "]".repeat(50_000);
  const geometry = `{"type":"Point","coordinates":${deep}}`;
  const nested = '{"type":"GeometryCollection","geometries":['.repeat(5000);
  assert.equal((await factsOf("geojson", geometry))["kind"], "Point");
  const all = await factsOf("geojson", `${nested}${"]}".repeat(5000)}`);
  assert.equal(all["kind"], "GeometryCollection");
  const odd =
    '{"type":"Feature","__proto__":1,"toString":2,"properties":{"__proto__":3},"geometry":4}';
  assert.equal((await factsOf("geojson", odd))["kind"], "Feature");
});

/** ESRI, "Shapefile Technical Description", July 1998. */
function shapefile(records: readonly Buffer[], shape: number): Buffer {
  const content = row(
    ...records.map((record, index) =>
      row(u32(index + 1, true), u32(record.length / 2, true), record),
    ),
  );
  return row(
    u32(9994, true),
    Buffer.alloc(20),
    u32((100 + content.length) / 2, true),
    u32(1000),
    u32(shape),
    ...[5.9, 45.8, 10.5, 47.8, 0, 0, 0, 0].map(f64),
    content,
  );
}

const pointRecord = row(u32(1), f64(7), f64(46));
const shp = shapefile([pointRecord, pointRecord, pointRecord], 1);

test("a shapefile is told by its kind, bounds and records, and what lies beside it", async () => {
  assert.deepEqual(await factsOf("shp", shp), {
    shapes: "point",
    bounds: "5.9 to 10.5, 45.8 to 47.8",
    records: "3",
    beside: "attributes are in the DBF, the CRS in the PRJ of the same name",
  });
  const cut = await factsOf("shp", shp.subarray(0, shp.length - 10));
  assert.deepEqual([cut["records"], cut["damage"]], ["2", `says it has ${shp.length} bytes`]);
});

test("a shapefile is read by ranges", async () => {
  const many = shapefile(Array<Buffer>(20_000).fill(pointRecord), 1);
  const extraction = await extractedByRanges("shp", many.length, (start, end) =>
    many.subarray(start, end),
  );
  assert.equal(extraction?.rows, 20_000);
});

const field = (name: string, type: string, length: number, decimals = 0): Buffer =>
  padded(row(padded(ascii(name), 11), ascii(type), u32(0), u8(length, decimals)), 32);
const fields = row(field("NAME", "C", 8), field("AREA", "N", 6, 2));
const dbf = row(
  u8(3, 124, 5, 6),
  u32(2),
  u16(32 + fields.length + 1),
  u16(15),
  Buffer.alloc(17),
  u8(3, 0, 0),
  fields,
  u8(0x0d),
  ascii(" Bern     12.50 Genf      3.00"),
);

test("a table of dBASE is told by its fields and records", async () => {
  assert.deepEqual(await extracted("dbf", dbf), {
    extractor: "table",
    type: "dbf",
    columns: ["NAME", "AREA"],
    rows: 2,
    preview: [
      { NAME: "Bern", AREA: "12.50" },
      { NAME: "Genf", AREA: "3.00" },
    ],
    facts: [
      { name: "records", value: "2" },
      { name: "changed", value: "2024-05-06" },
      { name: "encoding", value: "Windows-1252" },
    ],
    text: "dbf; records 2; changed 2024-05-06; encoding Windows-1252\n2 fields: NAME text(8), AREA number(6,2)",
  });
  const lying = Buffer.from(dbf);
  lying.writeUInt32LE(4_000_000_000, 4);
  assert.equal((await factsOf("dbf", lying))["damage"], "says it has 4000000000 records");
});

test("what is no map is left to others", async () => {
  for (const extension of ["shp", "dbf", "geojson"])
    for (const bytes of [Buffer.alloc(0), Buffer.from("\0"), Buffer.from("no map at all\n")])
      assert.equal(await extracted(extension, bytes), undefined);
});

testDamage("maps", [
  ["shp", shp],
  ["dbf", dbf],
  ["geojson", Buffer.from(JSON.stringify(collection))],
]);
