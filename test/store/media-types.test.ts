import assert from "node:assert/strict";
import { test } from "node:test";
import { mediaTypeOf } from "../../src/store/media-types.ts";

function check(name: string, isText: boolean, expected: string): void {
  test(`${isText ? "a text" : "a binary file"} called ${name} is ${expected}`, () => {
    assert.equal(mediaTypeOf(name, isText), expected);
  });
}

check("sales.csv", true, "text/csv");
check("SALES.CSV", true, "text/csv");
check("app.ts", true, "text/typescript");
check("film.ts", false, "video/mp2t");
check("lib.rs", true, "text/x-rust");
check("main.py", true, "text/x-python");
check("data.json", true, "application/json");
check("events.jsonl", true, "application/x-ndjson");
check("study.ipynb", true, "application/x-ipynb+json");
check("config.yaml", true, "text/yaml");
check("README.md", true, "text/markdown");
check("logo.svg", true, "image/svg+xml");
check("Dockerfile", true, "text/x-dockerfile");
check("Makefile", true, "text/x-makefile");
check(".env", true, "text/plain");
check("notes", true, "text/plain");
check("song.mp3", true, "text/plain");
check("constructor", true, "text/plain");
check("a.__proto__", true, "text/plain");
check("paper.pdf", false, "application/pdf");
check("chart.png", false, "image/png");
check("table.parquet", false, "application/vnd.apache.parquet");
check("book.xlsx", false, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
check("program", false, "application/octet-stream");
check("noise.unknown", false, "application/octet-stream");
check("constructor", false, "application/octet-stream");
