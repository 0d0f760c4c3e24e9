import type { Family } from "../families.ts";

/** Tables that are not text. What reads them is loaded with the first file of the kind. */
export const tableFamilies: readonly Family[] = [
  {
    name: "spreadsheets",
    extract: async (file, pause) =>
      (await import("./spreadsheet.ts")).extractSpreadsheet(file, pause),
    extensions: "xlsx xlsm xltx xltm ods ots",
    isText: false,
    magic: "xlsx xlsm xltx xltm ods ots",
  },
  {
    name: "Parquet",
    extract: async (file, pause) => (await import("./parquet.ts")).extractParquet(file, pause),
    extensions: "parquet parq geoparquet",
    isText: false,
    magic: "parquet",
  },
  {
    name: "Arrow and Feather",
    extract: async (file, pause) => (await import("./arrow.ts")).extractArrow(file, pause),
    extensions: "arrow feather arrows ipc",
    isText: false,
    magic: "arrow",
  },
  {
    name: "Avro",
    extract: async (file, pause) => (await import("./avro.ts")).extractAvro(file, pause),
    extensions: "avro",
    isText: false,
    magic: "avro",
  },
  {
    name: "SQLite",
    extract: async (file, pause) => (await import("./sqlite.ts")).extractSqlite(file, pause),
    extensions: "sqlite sqlite3 db db3 s3db gpkg mbtiles",
    isText: false,
    magic: "sqlite",
  },
];
