import assert from "node:assert/strict";
import { test } from "node:test";
import { digestOf } from "../digest-of.ts";

const notebook = {
  cells: [
    { cell_type: "markdown", source: ["# Title\n", "words\n", "## Part"] },
    {
      cell_type: "code",
      source: "\nimport pandas as pd\ndf",
      outputs: [
        {
          output_type: "execute_result",
          data: { "text/html": ["<table>"], "text/plain": ["x"] },
        },
        { output_type: "error", evalue: "no", traceback: ["a"] },
      ],
    },
    {
      cell_type: "code",
      source: ["plot()"],
      outputs: [
        { output_type: "display_data", data: { "image/png": "a".repeat(1500) } },
        { output_type: "stream", text: ["hello\n"] },
      ],
    },
    { cell_type: "raw", source: "r" },
  ],
  metadata: {
    kernelspec: { display_name: "Python 3", name: "python3" },
    language_info: { name: "python" },
  },
};

test("a notebook is told by its kernel, cells, headings and outputs", async () => {
  const { text, facts, preview } = await digestOf("a.ipynb", JSON.stringify(notebook));
  assert.equal(
    text,
    "ipynb, Python 3, 4 cells: 1 markdown, 2 code, 1 raw, 3 lines of code\noutputs: 1 text (6 B), 1 table (8 B), 1 image (2 KB), 1 error (3 B)\n# Title\n## Part\n  import pandas as pd → table, error\n  plot() → image, text",
  );
  assert.deepEqual(facts, [
    { name: "language", value: "python" },
    { name: "kernel", value: "Python 3" },
    { name: "cells", value: "4 cells: 1 markdown, 2 code, 1 raw" },
    { name: "lines of code", value: "3" },
    { name: "outputs", value: "1 text (6 B), 1 table (8 B), 1 image (2 KB), 1 error (3 B)" },
  ]);
  assert.deepEqual(preview, ["# Title", "## Part"]);
});

test("what only has the name of a notebook is told as JSON or text", async () => {
  assert.equal((await digestOf("a.ipynb", '{"a": 1}')).extractor, "json");
  assert.equal((await digestOf("a.ipynb", "[1]")).extractor, "json");
  assert.equal((await digestOf("a.ipynb", '{"cells": [')).extractor, "text");
});

test("any value may stand where a part of a notebook should", async () => {
  for (const odd of [null, 1, "x", [], [[]], {}, [null, 1]]) {
    for (const content of [
      { cells: odd },
      { cells: [odd], metadata: odd },
      { cells: [{ cell_type: "code", source: odd, outputs: odd }] },
      { cells: [{ cell_type: odd, outputs: [{ output_type: odd, data: odd, text: odd }] }] },
      { worksheets: odd, metadata: { kernelspec: odd, language_info: odd } },
    ])
      assert.ok((await digestOf("a.ipynb", JSON.stringify(content))).text.startsWith("ipynb"));
  }
});

test("R Markdown and Quarto are told by title, headings and chunks", async () => {
  const content =
    '---\ntitle: "My T"\n---\n# One\n```{r setup, echo=FALSE}\nx <- 1\n```\n## Two\n```{python}\ny = 1\nz = 2\n```\n```\n# no\n```\n';
  for (const type of ["rmd", "qmd"]) {
    const { text, facts } = await digestOf(`a.${type}`, content);
    assert.equal(
      text,
      `${type}, 15 lines, 2 chunks: 1 r, 1 python, 4 lines of code\ntitle: My T\n# One\n  {r, setup, echo=FALSE}\n## Two\n  {python}`,
    );
    assert.deepEqual(facts?.[0], { name: "title", value: "My T" });
  }
});
