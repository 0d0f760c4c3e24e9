import assert from "node:assert/strict";
import { test } from "node:test";
import { digestOf } from "../digest-of.ts";

test("YAML is told by its keys, their types and sizes", async () => {
  const content =
    "version: '3'\nbase: &b\n  l: [1, 2.5]\nweb: {<<: *b, up: true}\nenv:\n  - name: A\n  - name: B\n    value: 3\n";
  const { text, columns, preview, facts } = await digestOf("a.yaml", content);
  assert.equal(
    text,
    "yaml, 4 keys: version, base, web, env\nversion: text\nbase: 1 key\n  l: list of 2 × integer or number\nweb: 2 keys\n  <<: text\n  up: boolean\nenv: list of 2 × 2 keys\n  name: text\n  value: integer",
  );
  assert.deepEqual(columns, ["version", "base", "web", "env"]);
  assert.deepEqual(facts, [{ name: "keys", value: "4" }]);
  assert.deepEqual(preview, [
    {
      version: "3",
      base: { l: [1, 2.5] },
      web: { "<<": "*b", up: true },
      env: [{ name: "A" }, { name: "B", value: 3 }],
    },
  ]);
});

test("YAML may have several documents", async () => {
  const digest = await digestOf("a.yml", "---\nkind: A\n---\nkind: B\nspec: [1]\n");
  assert.equal(digest.rows, 2);
  assert.equal(
    digest.text,
    "yml, 2 documents, 2 keys: kind, spec\nkind: text\nspec: list of 1 × integer",
  );
});

test("a large YAML is told by the keys of its lines", async () => {
  const { text } = await digestOf("a.yaml", `a:\n${"  b: 1\n".repeat(50_000)}c: 2\n`);
  assert.match(text, /^yaml, 2 keys: a, c\n/u);
});

test("TOML is told by its keys, their types and sizes", async () => {
  const content = 'a = 99999999999999999999\n[t]\nx = [1, 2]\nd = 1979-05-27\n[[p]]\nn = "q"\n';
  const { text, preview } = await digestOf("a.toml", content);
  assert.equal(
    text,
    "toml, 3 keys: a, t, p\na: integer\nt: 2 keys\n  x: list of 2 × integer\n  d: date\np: list of 1 × 1 key\n  n: text",
  );
  assert.equal((preview[0] as { a: string }).a, "99999999999999999999");
});

test("INI is told by its sections and keys", async () => {
  const { text, facts } = await digestOf("a.ini", "; c\n[a]\nx=hidden\ny: hidden\n[b]\nz = 1\n");
  assert.equal(text, "ini, 2 sections: a, b, 3 keys\n[a] x, y\n[b] z\nvalues are not shown");
  assert.deepEqual(facts, [
    { name: "sections", value: "2" },
    { name: "keys", value: "3" },
  ]);
});

test("no part of a value of an environment file is ever shown", async () => {
  const content =
    'A=hidden1\nexport B="hidden2\nhidden3=\nhidden4"\nC=-----BEGIN KEY-----\nhidden5==\n-----END KEY-----\nD=x\n';
  const digest = await digestOf("prod.env", content);
  assert.equal(digest.text, "env, 4 keys: A, B, C, D\nvalues are not shown");
  assert.doesNotMatch(JSON.stringify(digest), /hidden/u);
});

test("XML is told by its root, namespaces, elements and depth", async () => {
  const content =
    '<?xml version="1.0"?><r xmlns="http://a.b/c" xmlns:d="http://d" version="2"><i id="1"><t>x</t></i><i id="2" l="e"/><d:z/></r>';
  const { text, facts } = await digestOf("a.xml", content);
  assert.equal(
    text,
    'xml, root r, 5 elements of 4 kinds, depth 3\n2 namespaces: http://a.b/c, d = http://d\nr: version="2"\nr @version\n  i ×2 @id @l\n    t: text\n  d:z',
  );
  assert.deepEqual(facts?.slice(0, 2), [
    { name: "root", value: "r" },
    { name: "namespace", value: "http://a.b/c" },
  ]);
});

const bombs: Readonly<Record<string, string>> = {
  "a.yaml": `a0: &a0 [x, x]\n${Array.from({ length: 40 }, (_, at) => `a${at + 1}: &a${at + 1} [${`*a${at},`.repeat(9)}]\n`).join("")}`,
  "a.xml": `<!DOCTYPE r [<!ENTITY e0 "boom">${Array.from({ length: 40 }, (_, at) => `<!ENTITY e${at + 1} "${`&e${at};`.repeat(9)}">`).join("")}]><r>&e40;</r>`,
};
for (const [name, content] of Object.entries(bombs)) {
  test(`a bomb in ${name} does not go off`, async () => {
    const start = performance.now();
    const digest = await digestOf(name, content);
    assert.ok(performance.now() - start < 2000);
    assert.equal(digest.extractor, name.slice(2));
    assert.ok(JSON.stringify(digest).length < 20_000);
  });
}

test("nesting without end is text", async () => {
  for (const [name, sign] of [
    ["a.yaml", "["],
    ["a.yaml", "- "],
    ["a.toml", "["],
    ["a.xml", "<a>"],
  ] as const)
    assert.equal((await digestOf(name, sign.repeat(100_000))).extractor, "text");
});

const broken: Readonly<Record<string, string>> = {
  "a.yaml": "a: [1\nb: }",
  "b.yaml": "only words\n",
  "a.toml": "a = ",
  "a.xml": "<a><b",
  "a.ini": "no key here\nnor there\n",
};
for (const [name, content] of Object.entries(broken)) {
  test(`${JSON.stringify(content)} in ${name} is text`, async () =>
    assert.equal((await digestOf(name, content)).extractor, "text"));
}

test("no digest tells a value of a .env file, however it is named", async () => {
  for (const name of [".env", ".env.local", "deploy/.env.production", "prod.env"]) {
    const told = JSON.stringify(await digestOf(name, "TOKEN=hunter2secret\nDEBUG=1\n"));
    assert.ok(!told.includes("hunter2secret"), name);
    assert.match(told, /TOKEN/u);
  }
});
